/** Named schemas that a document collects as they are met. */
export type Components = Map<string, unknown>;

type Words = Readonly<Record<string, unknown>>;

const isWords = (value: unknown): value is Words =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Keywords of ours that mean nothing outside. */
const OWN = new Set([
  'refine',
  'emptyAsNull',
  'cross',
  'rule',
  'expected',
  'component',
  'amount',
  'reference',
  'instant',
  'alias',
  'example',
]);

/** What is demanded beyond what JSON Schema can say, in words. */
const ruleOf = (schema: Words): string | undefined => {
  if (typeof schema['rule'] === 'string') return schema['rule'];
  if (isWords(schema['amount'])) return 'no more decimals than the currency has';
  if (schema['reference'] === true) return 'no spaces around it, and no invisible characters';
  if (schema['refine'] !== undefined) return `must be ${String(schema['expected'])}`;
  return isWords(schema['cross']) ? String(schema['cross']['rule']) : undefined;
};

/** A keyword of ours in the words of standard JSON Schema. */
const standardForm = (schema: Words): Words => {
  if (isWords(schema['amount'])) {
    const { positive, signed } = schema['amount'];
    const limit = signed === true ? { minimum: -1e12 } : positive === true ? { exclusiveMinimum: 0 } : { minimum: 0 };
    const pattern = `^${signed === true ? '-?' : ''}\\d+(\\.\\d{1,3})?$`;
    const note = 'Major units; no more decimals than the currency has.';
    return { type: ['number', 'string'], ...limit, maximum: 1e12, pattern, description: note };
  }
  if (schema['reference'] === true) {
    const [minimum, maximum] = [Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER];
    return { type: ['string', 'integer'], minLength: 1, maxLength: 255, pattern: '\\S', minimum, maximum };
  }
  return schema['instant'] === true ? { type: 'string', format: 'date-time' } : {};
};

const convertEntry = (key: string, value: unknown, components: Components): unknown => {
  if (key === 'properties' && isWords(value)) {
    return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, documented(inner, components)]));
  }
  return documented(value, components);
};

const plain = (schema: Words, components: Components): Words => {
  const entries = Object.entries(schema).filter(([key]) => !OWN.has(key));
  const kept = Object.fromEntries(entries.map(([key, value]) => [key, convertEntry(key, value, components)]));
  const examples = schema['example'] === undefined ? {} : { examples: [schema['example']] };
  const rule = ruleOf(schema);
  const description = typeof schema['expected'] === 'string' && schema['description'] === undefined;
  return {
    ...standardForm(schema),
    ...kept,
    ...(description && { description: `Must be ${String(schema['expected'])}.` }),
    ...examples,
    ...(rule !== undefined && { 'x-rule': rule }),
  };
};

/** A schema of ours as JSON Schema 2020-12; a named one becomes a reference to its component. */
export const documented = (schema: unknown, components: Components): unknown => {
  if (Array.isArray(schema)) return schema.map((entry) => documented(entry, components));
  if (!isWords(schema)) return schema;
  const { component } = schema;
  if (typeof component !== 'string') return plain(schema, components);
  if (!components.has(component)) {
    components.set(component, {}); // holds its place while what it contains is converted
    components.set(component, plain(schema, components));
  }
  return { $ref: `#/components/schemas/${component}` };
};

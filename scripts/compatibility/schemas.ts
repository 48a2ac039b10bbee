/** A JSON Schema of an OpenAPI document. */
export type Schema = Readonly<Record<string, unknown>>;

export const isSchema = (value: unknown): value is Schema =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

export const schemaAt = (holder: Schema, key: string): Schema => {
  const found = holder[key];
  return isSchema(found) ? found : {};
};

const listAt = (schema: Schema, key: string): readonly unknown[] | undefined =>
  Array.isArray(schema[key]) ? schema[key] : undefined;

/** Follows a reference inside its document. */
export const follow = (document: Schema, schema: Schema): Schema => {
  const { $ref } = schema;
  if (typeof $ref !== 'string') return schema;
  const found = $ref
    .split('/')
    .slice(1)
    .reduce<unknown>((value, step) => (isSchema(value) ? value[step] : undefined), document);
  return isSchema(found) ? follow(document, found) : {};
};

/** One of two documents, and what stands at the same place in both. */
export type Side = { readonly document: Schema; readonly schema: Schema };

const typesOf = (schema: Schema): readonly unknown[] | undefined => {
  const types = ([] as unknown[]).concat(schema['type'] ?? []);
  return types.length === 0 ? undefined : types;
};

const wordsOf = (schema: Schema): readonly unknown[] | undefined =>
  'const' in schema ? [schema['const']] : listAt(schema, 'enum');

/** `narrow` lets through less than `wide` did: of which sets, and what is missing. Undefined means anything. */
const missing = (
  wide: readonly unknown[] | undefined,
  narrow: readonly unknown[] | undefined,
): readonly unknown[] | undefined => {
  if (narrow === undefined) return undefined;
  if (wide === undefined) return ['anything else'];
  const gone = wide.filter((one) => !narrow.includes(one) && !(one === 'integer' && narrow.includes('number')));
  return gone.length === 0 ? undefined : gone;
};

const LEAST = ['minimum', 'exclusiveMinimum', 'minLength', 'minItems', 'minProperties'];
const MOST = ['maximum', 'exclusiveMaximum', 'maxLength', 'maxItems', 'maxProperties'];
const FORMS = ['pattern', 'format', 'x-rule'];

/** `narrow` sets a bound or a form where `wide` set none, or a tighter one. */
const tightened = (wide: Schema, narrow: Schema): readonly string[] => {
  const number = (schema: Schema, key: string, otherwise: number) =>
    typeof schema[key] === 'number' ? schema[key] : otherwise;
  return [
    ...LEAST.filter((key) => number(narrow, key, -Infinity) > number(wide, key, -Infinity)),
    ...MOST.filter((key) => number(narrow, key, Infinity) < number(wide, key, Infinity)),
    ...FORMS.filter(
      (key) => narrow[key] !== undefined && (key === 'x-rule' ? wide[key] === undefined : narrow[key] !== wide[key]),
    ),
  ];
};

const required = (schema: Schema): readonly unknown[] => listAt(schema, 'required') ?? [];

/** What clients send: what was taken before must still be taken. */
export const requestBreaks = (before: Side, after: Side, at: string): readonly string[] => {
  const [old, now] = [follow(before.document, before.schema), follow(after.document, after.schema)];
  const among = options(before, after);
  if (among !== undefined)
    return among.old.flatMap((one) => least(among.now.map((other) => requestBreaks(one, other, at))));
  const types = missing(typesOf(old), typesOf(now));
  const words = missing(wordsOf(old), wordsOf(now));
  const properties = Object.keys(schemaAt(old, 'properties'));
  const kept = schemaAt(now, 'properties');
  return [
    ...(types === undefined ? [] : [`${at} no longer takes the type ${types.join(', ')}`]),
    ...(words === undefined ? [] : [`${at} no longer takes ${words.join(', ')}`]),
    ...tightened(old, now).map((key) => `${at} is narrowed by ${key}`),
    ...required(now).flatMap((name) => (required(old).includes(name) ? [] : [`${at}.${String(name)} is now required`])),
    ...(now['additionalProperties'] === false &&
    old['additionalProperties'] !== false &&
    typesOf(old)?.includes('object')
      ? [`${at} no longer takes further properties`]
      : []),
    ...properties.flatMap((name) =>
      name in kept
        ? deeper(before, after, `properties.${name}`, `${at}.${name}`, requestBreaks)
        : [`${at}.${name} is gone`],
    ),
    ...(isSchema(old['items']) ? deeper(before, after, 'items', `${at}[]`, requestBreaks) : []),
  ];
};

/** What clients get: what was promised before must still be kept. */
export const responseBreaks = (before: Side, after: Side, at: string): readonly string[] => {
  const [old, now] = [follow(before.document, before.schema), follow(after.document, after.schema)];
  const among = options(before, after);
  if (among !== undefined)
    return among.now.flatMap((other) => least(among.old.map((one) => responseBreaks(one, other, at))));
  const types = missing(typesOf(now) ?? ['anything'], typesOf(old));
  const words = missing(wordsOf(now) ?? ['anything'], wordsOf(old));
  const kept = schemaAt(now, 'properties');
  return [
    ...(types === undefined ? [] : [`${at} may now be of the type ${types.join(', ')}`]),
    ...(words === undefined ? [] : [`${at} may now be ${words.join(', ')}`]),
    ...required(old).flatMap((name) =>
      required(now).includes(name) || !(String(name) in kept) ? [] : [`${at}.${String(name)} may now be missing`],
    ),
    ...Object.keys(schemaAt(old, 'properties')).flatMap((name) =>
      name in kept
        ? deeper(before, after, `properties.${name}`, `${at}.${name}`, responseBreaks)
        : [`${at}.${name} is gone`],
    ),
    ...(isSchema(old['items']) ? deeper(before, after, 'items', `${at}[]`, responseBreaks) : []),
  ];
};

type Compare = (before: Side, after: Side, at: string) => readonly string[];

const deeper = (before: Side, after: Side, path: string, at: string, compare: Compare): readonly string[] => {
  const go = ({ document, schema }: Side): Side => ({
    document,
    schema: path.split('.').reduce(schemaAt, follow(document, schema)),
  });
  return compare(go(before), go(after), at);
};

const optionsOf = ({ document, schema }: Side): readonly Side[] | undefined => {
  const followed = follow(document, schema);
  const found = listAt(followed, 'anyOf') ?? listAt(followed, 'oneOf');
  return found?.filter(isSchema).map((option) => ({ document, schema: option }));
};

/** What either may be, where at least one of the two has a choice. */
const options = (before: Side, after: Side) => {
  const [old, now] = [optionsOf(before), optionsOf(after)];
  return old === undefined && now === undefined ? undefined : { old: old ?? [before], now: now ?? [after] };
};

/** An option fits where another one breaks nothing; else the nearest says what is wrong. */
const least = (found: readonly (readonly string[])[]): readonly string[] =>
  found.toSorted((one, other) => one.length - other.length)[0] ?? [];

import fc from 'fast-check';

/** Resources that are known to exist, by what they are: `orders` → ids and numbers. Grows by what is answered. */
export type Pool = {
  readonly add: (kind: string, ...names: readonly unknown[]) => void;
  /** Remembers what an answer names. `template` is the address it came from. */
  readonly harvest: (template: string, body: unknown) => void;
  readonly names: (kind: string) => readonly string[];
  /** Mostly one that exists, sometimes another kind's, sometimes nonsense. */
  readonly name: (kind: string) => fc.Arbitrary<string>;
  /** Ids of the lines of an order or a return. */
  readonly linesOf: (name: string) => readonly string[];
};

/** What people and attackers put where an id belongs. None is the name of a route. */
export const NONSENSE: readonly string[] = [
  '0',
  '-1',
  'nothing-here',
  '00000000-0000-0000-0000-000000000000',
  'ORD-2026-999999',
  "' OR 1=1 --",
  '"; drop table events; --',
  '../../etc/passwd',
  '..%2f..%2fetc%2fpasswd',
  '%00',
  '__proto__',
  'constructor',
  '${7*7}',
  '=1+1',
  'é'.normalize('NFD'),
  '🧾',
  'x'.repeat(300),
  'a b',
  'a;b=c',
  '\r\nX-Injected: 1',
];

const KEPT = 60;

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const kindOfField = (field: string): string => `${field.replace(/_ids?$/, '')}s`;

/** `/api/v1/orders/{id}/history` → `orders`; a list's own last word. */
const kindOfAddress = (template: string): string => {
  const before = template.split('/{')[0] ?? '';
  return before.split('/').at(-1) ?? '';
};

/** Whether a field says what something is called. */
export const isName = (field: string): boolean => /_ids?$/.test(field);

/** What a parameter or field names: `order_id` and the `{id}` of `/orders/{id}` are both of `orders`. */
export const kindOf = (name: string, template = ''): string | undefined =>
  isName(name) ? kindOfField(name) : template === '' ? undefined : kindOfAddress(template);

export const createPool = (): Pool => {
  const known = new Map<string, string[]>();
  const lines = new Map<string, readonly string[]>();

  const add = (kind: string, ...names: readonly unknown[]): void => {
    const kept = known.get(kind) ?? [];
    for (const name of names) if (typeof name === 'string' && name !== '' && !kept.includes(name)) kept.push(name);
    known.set(kind, kept.slice(-KEPT));
  };
  const names = (kind: string): readonly string[] => known.get(kind) ?? [];

  const harvestOne = (kind: string, thing: Readonly<Record<string, unknown>>): void => {
    add(kind, thing['id'], thing['name'], thing[`${kind.replace(/s$/, '')}_number`]);
    for (const [field, value] of Object.entries(thing)) if (field.endsWith('_id')) add(kindOfField(field), value);
    const { id, items } = thing;
    if (typeof id !== 'string' || !Array.isArray(items)) return;
    const own = items.filter(isRecord).map((item) => item['order_item_id'] ?? item['id']);
    lines.set(
      id,
      own.filter((line) => typeof line === 'string'),
    );
  };

  return {
    add,
    names,
    linesOf: (name) => lines.get(name) ?? [],
    harvest: (template, body) => {
      if (/\}.*[^}]$/.test(template)) return; // what comes from below a thing is of another kind
      for (const thing of Array.isArray(body) ? body : [body])
        if (isRecord(thing)) harvestOne(kindOfAddress(template), thing);
    },
    name: (kind) => {
      const own = names(kind);
      const others = [...known.values()].flat();
      const nonsense = fc.constantFrom(...NONSENSE);
      return fc.oneof(
        { weight: 30, arbitrary: own.length > 0 ? fc.constantFrom(...own) : nonsense },
        { weight: 1, arbitrary: others.length > 0 ? fc.constantFrom(...others) : nonsense },
        { weight: 2, arbitrary: nonsense },
      );
    },
  };
};

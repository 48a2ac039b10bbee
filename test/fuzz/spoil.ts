import fc from 'fast-check';

type Path = readonly (string | number)[];

/** A value with something done to it, and why no schema need say that this is rejected. */
export type Spoilt = { readonly value: unknown; readonly poison?: string };

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Every place in a value, itself first. */
const placesIn = (value: unknown, path: Path = []): readonly Path[] => {
  const below = Array.isArray(value)
    ? value.flatMap((entry: unknown, n) => placesIn(entry, [...path, n]))
    : isRecord(value)
      ? Object.entries(value).flatMap(([name, entry]) => placesIn(entry, [...path, name]))
      : [];
  return [path, ...below];
};

/** A copy with another value at a place; undefined leaves it out. */
const withAt = (value: unknown, [step, ...rest]: Path, changed: unknown): unknown => {
  if (step === undefined) return changed;
  if (Array.isArray(value)) {
    const at = value.map((entry: unknown, n) => (n === step ? withAt(entry, rest, changed) : entry));
    return at.filter((entry, n) => n !== step || entry !== undefined);
  }
  if (!isRecord(value)) return value;
  const copy = { ...value, [step]: withAt(value[step], rest, changed) };
  return Object.fromEntries(Object.entries(copy).filter(([, entry]) => entry !== undefined));
};

const nested = (levels: number): unknown => (levels === 0 ? 1 : { deeper: nested(levels - 1) });

/** Of no type, or beyond every sensible limit. */
const WRONG: readonly unknown[] = [
  null,
  true,
  false,
  0,
  -1,
  0.5,
  1e308,
  -1e-7,
  Number.MAX_SAFE_INTEGER + 2,
  '',
  ' ',
  'x'.repeat(3_000),
  '1e3',
  '0x10',
  'NaN',
  '-0.00',
  '9'.repeat(40),
  'constructor',
  "'; drop table events; --",
  '2026-02-30T25:61:00Z',
  '0000-01-01T00:00:00Z',
  '+275760-09-13T00:00:00Z',
  'c-\u200b1',
  '\ufeffc-1',
  ' c-1 ',
  [],
  [[]],
  [null],
  {},
  { toString: 1 },
  { length: 5 },
  undefined,
];

/** What no text or object may hold, wherever it is. */
const POISON: readonly (readonly [what: string, value: unknown])[] = [
  ['NUL', 'a\0b'],
  ['half a surrogate pair', 'a\ud800b'],
  ['the second half of a pair alone', '\udc00b'],
  ['half a pair in a name', { 'a\ud800': 1 }],
  ['NUL in a name', { 'a\0': 1 }],
  ['bottomless nesting', nested(40)],
  ['deeper nesting than a stack', nested(2_000)],
  ['__proto__', JSON.parse('{"__proto__": {"role": "admin"}}')],
  ['constructor.prototype', { constructor: { prototype: { role: 'admin' } } }],
];

const STRANGERS = ['role', 'status', 'total', 'id', 'no_such_property', 'isAdmin', 'customer', '$where'] as const;

/** Makes something of a valid value that is mostly invalid. */
export const spoil = (value: unknown): fc.Arbitrary<Spoilt> => {
  const place = fc.constantFrom(...placesIn(value));
  const objects = placesIn(value).filter((path) => isRecord(path.reduce<unknown>(stepInto, value)));
  const replaced = fc
    .tuple(place, fc.constantFrom(...WRONG))
    .map(([path, wrong]): Spoilt => ({ value: withAt(value, path, wrong) }));
  const poisoned = fc
    .tuple(place, fc.constantFrom(...POISON))
    .map(([path, [poison, what]]): Spoilt => ({ value: withAt(value, path, what), poison }));
  const stranger = fc
    .tuple(fc.constantFrom(...objects), fc.constantFrom(...STRANGERS))
    .map(([path, name]): Spoilt => ({ value: withAt(value, [...path, name], 'admin') }));
  const kinds = objects.length === 0 ? [replaced, poisoned] : [replaced, poisoned, stranger];
  return fc.oneof(...kinds);
};

const stepInto = (value: unknown, step: string | number): unknown =>
  Array.isArray(value) ? value[Number(step)] : isRecord(value) ? value[step] : undefined;

/** Bodies that are no JSON object at all, with their content type. */
export const NO_JSON: readonly (readonly [type: string | undefined, raw: string | Uint8Array<ArrayBuffer>])[] = [
  ['application/json', '{'],
  ['application/json', '{"a": 1}}'],
  ['application/json', '[]'],
  ['application/json', 'null'],
  ['application/json', '"text"'],
  ['application/json', '7'],
  ['application/json', "{'a': 1}"],
  ['application/json', '{"a": NaN}'],
  ['application/json', `{"a": ${'['.repeat(20_000)}`],
  ['application/json', new Uint8Array([0x7b, 0x22, 0xff, 0xfe, 0x22, 0x3a, 0x31, 0x7d])],
  ['application/json; charset=utf-16', '{}'],
  ['text/plain', '{"a": 1}'],
  ['application/xml', '<a/>'],
  ['application/x-www-form-urlencoded', 'role=admin'],
  ['multipart/form-data; boundary=x', '--x--'],
];

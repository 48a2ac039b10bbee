import { textArray } from '../../platform/binary-array.ts';
import type { Entry, Projection } from './projection.ts';
import { keepWriter, WRITER } from './written-by.ts';

/** A key and the additions to its values. */
export type SumChange = { readonly key: readonly string[]; readonly by: readonly string[] };

/** A number as long as it is exact. */
type Sum = number | bigint;

const plus = (sum: Sum, value: number): Sum => {
  if (typeof sum === 'bigint') return sum + BigInt(value);
  const next = sum + value;
  return Number.isSafeInteger(next) ? next : BigInt(sum) + BigInt(value);
};

/** No text in PostgreSQL has a NUL in it. */
const BETWEEN_PARTS = '\0';

/** The contributions of changed rows to the projection's sums, less their earlier contributions, sorted by key. */
export const sumChanges = (
  { sums }: Projection,
  entries: readonly (readonly [string, Entry])[],
): readonly SumChange[] => {
  if (sums === undefined) return [];
  const changes = new Map<string, { readonly key: readonly string[]; readonly by: Sum[] }>();
  const add = (row: Entry['current'], sign: 1 | -1): void => {
    if (row === undefined) return;
    for (const { key, values } of sums.of(row)) {
      const name = key.join(BETWEEN_PARTS);
      const known = changes.get(name);
      if (known === undefined) changes.set(name, { key, by: values.map((value) => sign * value) });
      else for (let n = 0; n < values.length; n++) known.by[n] = plus(known.by[n] ?? 0, sign * (values[n] ?? 0));
    }
  };
  for (const [, { stored, current }] of entries) {
    add(stored, -1);
    add(current, 1);
  }
  return [...changes]
    .filter(([, { by }]) => by.some((value) => value !== 0 && value !== 0n))
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([, { key, by }]) => ({ key, by: by.map(String) }));
};

const list = (names: readonly string[], each: (name: string) => string = (name) => name): string =>
  names.map(each).join(', ');

type Sums = NonNullable<Projection['sums']>;

/** Adds the changes to a table of sums: an array for each of its columns (see `sumColumns`). */
export const addSumsSql = ({ key, values }: Sums, table: string, moved: string): string => {
  const keys = Object.keys(key);
  const names = [...keys, ...values];
  const typed = [
    ...Object.entries(key).map(([name, type]) => `${name}::${type}`),
    ...values.map((name) => `${name}::numeric`),
  ];
  const added = values.map((name) => `${name} = ${table}.${name} + excluded.${name}`);
  return `insert into ${table} (${list(names)}, written_by)
    select ${list(typed)}, ${WRITER} from unnest(${list(names, () => '?::text[]')}) as r (${list(names)})
    where exists (select from ${moved})
    on conflict (${list(keys)}) do update set ${list([...added, keepWriter(table)])}`;
};

export const sumColumns = ({ key, values }: Sums, changes: readonly SumChange[]): readonly Buffer[] => [
  ...Object.keys(key).map((_, n) => textArray(changes.map((change) => change.key[n] ?? ''))),
  ...values.map((_, n) => textArray(changes.map((change) => change.by[n] ?? '0'))),
];

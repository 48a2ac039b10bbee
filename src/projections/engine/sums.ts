import type { Entry, Projection } from './projection.ts';

/** A key and the additions to its values. */
export type SumChange = { readonly key: readonly string[]; readonly by: readonly string[] };

/** The contributions of changed rows to the projection's sums, less their earlier contributions, sorted by key. */
export const sumChanges = (
  { sums }: Projection,
  entries: readonly (readonly [string, Entry])[],
): readonly SumChange[] => {
  if (sums === undefined) return [];
  const changes = new Map<string, { readonly key: readonly string[]; readonly by: bigint[] }>();
  const add = (row: Entry['current'], sign: bigint): void => {
    if (row === undefined) return;
    for (const { key, values } of sums.of(row)) {
      const name = JSON.stringify(key);
      const known = changes.get(name) ?? { key, by: sums.values.map(() => 0n) };
      values.forEach((value, n) => (known.by[n] = (known.by[n] ?? 0n) + sign * BigInt(value)));
      changes.set(name, known);
    }
  };
  for (const [, { stored, current }] of entries) {
    add(stored, -1n);
    add(current, 1n);
  }
  return [...changes]
    .filter(([, { by }]) => by.some((value) => value !== 0n))
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([, { key, by }]) => ({ key, by: by.map(String) }));
};

const list = (names: readonly string[], each: (name: string) => string = (name) => name): string =>
  names.map(each).join(', ');

type Sums = NonNullable<Projection['sums']>;

/** Adds the changes to a table of sums. */
export const addSumsSql = ({ key, values }: Sums, table: string, moved: string): string => {
  const [keys, types] = [Object.keys(key), Object.entries(key).map(([name, type]) => `${name} ${type}`)];
  return `insert into ${table} (${list([...keys, ...values])})
    select ${list([...keys, ...values])}
    from json_to_recordset(?::json) as r (${list(types)}, ${list(values, (name) => `${name} numeric`)})
    where exists (select from ${moved})
    on conflict (${list(keys)}) do update set ${list(values, (name) => `${name} = ${table}.${name} + excluded.${name}`)}`;
};

export const sumRows = ({ key, values }: Sums, changes: readonly SumChange[]): string => {
  const keys = Object.keys(key);
  return JSON.stringify(
    changes.map((change) => ({
      ...Object.fromEntries(keys.map((name, n) => [name, change.key[n] ?? ''])),
      ...Object.fromEntries(values.map((name, n) => [name, change.by[n] ?? '0'])),
    })),
  );
};

import type { Knex } from 'knex';
import { COUNTERS_OF, isDayCounter, type Projection, type Row } from '../engine/index.ts';
import type { DriftKind } from './check-rows.ts';

/** A counter by its name, or a sum by its key. */
export type TallyScope = 'counter' | 'sum';

/** Counters (one value) and sums (several) by name; of a sum the name is its key as a JSON array. */
export type Tally = Readonly<Record<TallyScope, ReadonlyMap<string, readonly bigint[]>>>;

export type TallyName = { readonly scope: TallyScope; readonly key: string };

export const nameOf = ({ scope, key }: TallyName): string => `${scope} ${key}`;

export type IsWanted = (scope: TallyScope, name: string) => boolean;

const PAGE = 500;

/** Rows of a query one after the other, few in memory at a time. Needs a transaction. */
const stream = async function* <T>(tx: Knex, sql: string, bindings: readonly string[] = []): AsyncGenerator<T> {
  await tx.raw(`declare tally no scroll cursor for ${sql}`, [...bindings]);
  for (;;) {
    const { rows } = await tx.raw<{ rows: readonly T[] }>(`fetch ${PAGE} from tally`);
    yield* rows;
    if (rows.length < PAGE) break;
  }
  await tx.raw('close tally');
};

/** What the rows add up to. */
export const tallyRows = async (tx: Knex, projection: Projection, isWanted: IsWanted): Promise<Tally> => {
  const counted = new Map<string, bigint[]>();
  const summed = new Map<string, bigint[]>();
  const add = (to: Map<string, bigint[]>, name: string, values: readonly number[]): void => {
    const sum = to.get(name) ?? values.map(() => 0n);
    values.forEach((value, n) => (sum[n] = (sum[n] ?? 0n) + BigInt(value)));
    to.set(name, sum);
  };
  const columns = projection.counted ?? Object.keys(projection.columns);
  const rows = stream<{ readonly row: Row }>(
    tx,
    `select row_to_json(x) as row from (select ${columns.join(', ')} from ${projection.table}) x`,
  );
  for await (const { row } of rows) {
    for (const name of projection.counters?.(row) ?? []) if (isWanted('counter', name)) add(counted, name, [1]);
    for (const { key, values } of projection.sums?.of(row) ?? []) {
      const name = JSON.stringify(key);
      if (isWanted('sum', name)) add(summed, name, values);
    }
  }
  return { counter: counted, sum: summed };
};

/** What is stored. */
export const readTally = async (tx: Knex, projection: Projection, isWanted: IsWanted): Promise<Tally> => {
  const { name: own, sums } = projection;
  const tally = { counter: new Map<string, readonly bigint[]>(), sum: new Map<string, readonly bigint[]>() };
  type Stored = { readonly name: string; readonly values: readonly string[] };
  const take = async (scope: TallyScope, found: AsyncGenerator<Stored>): Promise<void> => {
    for await (const { name, values } of found) if (isWanted(scope, name)) tally[scope].set(name, values.map(BigInt));
  };
  const counters = `select name, array[value::text] as values from projection_counters where projection = ${COUNTERS_OF}`;
  if (projection.counters !== undefined) await take('counter', withoutDays(stream<Stored>(tx, counters, [own])));
  if (sums !== undefined) {
    const key = Object.keys(sums.key).map((name) => `${name}::text`);
    const values = sums.values.map((name) => `${name}::text`);
    const found = stream<{ readonly key: readonly string[]; readonly values: readonly string[] }>(
      tx,
      `select array[${key.join(', ')}] as key, array[${values.join(', ')}] as values from ${sums.table}`,
    );
    await take('sum', named(found));
  }
  return tally;
};

type Stored = { readonly name: string; readonly values: readonly string[] };

const withoutDays = async function* (found: AsyncGenerator<Stored>): AsyncGenerator<Stored> {
  for await (const one of found) if (!isDayCounter(one.name)) yield one;
};

const named = async function* (
  found: AsyncGenerator<{ readonly key: readonly string[]; readonly values: readonly string[] }>,
): AsyncGenerator<Stored> {
  for await (const { key, values } of found) yield { name: JSON.stringify(key), values };
};

export type TallyDrift = TallyName & { readonly kind: DriftKind };

const isZero = (values: readonly bigint[] | undefined): boolean => values?.every((value) => value === 0n) ?? true;

/** Zeros and nothing are the same. */
const kindOf = (expected: readonly bigint[] | undefined, stored: readonly bigint[] | undefined) => {
  if (isZero(expected) && isZero(stored)) return undefined;
  if (isZero(stored)) return 'missing' as const;
  if (isZero(expected)) return 'extra' as const;
  return String(expected) === String(stored) ? undefined : ('different' as const);
};

export const compareTallies = (expected: Tally, stored: Tally): readonly TallyDrift[] =>
  (['counter', 'sum'] as const).flatMap((scope) =>
    [...new Set([...expected[scope].keys(), ...stored[scope].keys()])].flatMap((key): TallyDrift[] => {
      const kind = kindOf(expected[scope].get(key), stored[scope].get(key));
      return kind === undefined ? [] : [{ scope, key, kind }];
    }),
  );

/** What must be added to the stored values to make them the expected ones, as a projector adds to them. */
export const corrections = (expected: Tally, stored: Tally) => {
  const changesOf = (scope: TallyScope) =>
    [...new Set([...expected[scope].keys(), ...stored[scope].keys()])].flatMap((name) => {
      const [right, found] = [expected[scope].get(name) ?? [], stored[scope].get(name) ?? []];
      const by = (right.length > 0 ? right : found).map((_, n) => (right[n] ?? 0n) - (found[n] ?? 0n));
      return isZero(by) ? [] : [{ name, by }];
    });
  return {
    counters: changesOf('counter').map(({ name, by: [by = 0n] }) => ({ name, by: Number(by) })),
    // A name of a sum is written by `tallyRows` or `readTally`.
    sums: changesOf('sum').map(({ name, by }) => ({ key: JSON.parse(name) as readonly string[], by: by.map(String) })),
  };
};

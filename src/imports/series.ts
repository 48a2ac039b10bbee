import { seriesOf, type DocumentType, documentNumber } from '../domain/document/index.ts';
import { placeInSeries, type NumberKind } from '../domain/shared/numbers.ts';

export type SeriesKind = NumberKind | DocumentType;

/** What a file brings: `external` is the number that an order had in another system, and not its number here. */
export type NumberOfFile = {
  readonly kind: NumberKind | 'document' | 'external';
  readonly number: string;
};

/**
 * A series of this shop that a file reaches into. `continues`: numbers are kept, and the next one is above them. `repeats`:
 * the series goes on where it stands, and comes to numbers that the file has for something else.
 */
export type SeriesNotice = {
  readonly kind: SeriesKind;
  readonly year: number;
  readonly effect: 'continues' | 'repeats';
  /** The highest number of the file. */
  readonly imported: string;
  /** The highest number of this shop; null for none yet. */
  readonly current: string | null;
  /** The number that is drawn next. */
  readonly next: string;
};

type Seen = Pick<SeriesNotice, 'kind' | 'year' | 'effect' | 'imported'> & { readonly n: number };

export type Prefixes = Readonly<Record<SeriesKind, string>>;

/** What follows the prefix. */
const OF_SERIES = /^-\d{4}-\d{1,15}$/;

const isDocument = (kind: SeriesKind): kind is DocumentType => kind === 'invoice' || kind === 'credit_memo';

/** Watches the numbers of a file for those that stand in a series, and remembers the highest of each. */
export const openSeriesWatch = (prefixes: Prefixes) => {
  const highest = new Map<string, Seen>();

  const kindOf = ({ kind, number }: NumberOfFile): SeriesKind | undefined => {
    // Numbers that are kept push their series on, whatever stands before the year.
    if (kind !== 'document' && kind !== 'external') return kind;
    const kinds = kind === 'external' ? (['order'] as const) : (['invoice', 'credit_memo'] as const);
    return kinds.find((one) => number.startsWith(prefixes[one]) && OF_SERIES.test(number.slice(prefixes[one].length)));
  };

  return {
    see: (given: NumberOfFile): void => {
      const kind = kindOf(given);
      const { year, n } = placeInSeries(given.number);
      if (kind === undefined || n === 0) return;
      const key = `${kind}-${year}`;
      if (n <= (highest.get(key)?.n ?? 0)) return;
      const effect = given.kind === kind ? 'continues' : 'repeats';
      highest.set(key, { kind, year, effect, imported: given.number, n });
    },
    seen: (): readonly Seen[] => [...highest.values()],
  };
};

export type SeriesReader = {
  readonly prefixes: Prefixes;
  /** The business year of now: documents of other years are numbered no more. */
  readonly year: number;
  /** How far a series is; 0 for one that has not begun. */
  readonly last: (kind: NumberKind, year: number) => Promise<number>;
  readonly lastDocument: (series: ReturnType<typeof seriesOf>, year: number) => Promise<number>;
};

/** How far a series of this shop is. */
const lastOf = ({ last, lastDocument }: SeriesReader, kind: SeriesKind, year: number): Promise<number> =>
  isDocument(kind) ? lastDocument(seriesOf(kind), year) : last(kind, year);

const numberAt = ({ prefixes }: SeriesReader, { kind, year }: Pick<Seen, 'kind' | 'year'>, n: number): string =>
  documentNumber(prefixes[kind], year, BigInt(n));

/** What a merchant must know of the series that a file reaches into, before its orders are imported. */
export const noticesOf = async (seen: readonly Seen[], reader: SeriesReader): Promise<readonly SeriesNotice[]> => {
  const found = await Promise.all(
    seen.map(async ({ n, ...one }): Promise<SeriesNotice | undefined> => {
      const { kind, year, effect } = one;
      if (isDocument(kind) && year < reader.year) return undefined;
      const at = await lastOf(reader, kind, year);
      // What is not ahead of the shop's own numbers was compared with each of them, except for external ones.
      if (n <= at && (effect === 'continues' || isDocument(kind))) return undefined;
      const next = effect === 'continues' ? Math.max(n, at) + 1 : at + 1;
      return { ...one, current: at === 0 ? null : numberAt(reader, one, at), next: numberAt(reader, one, next) };
    }),
  );
  const inTurn = ({ year, kind }: SeriesNotice): string => `${year} ${kind}`;
  return found.flatMap((one) => one ?? []).toSorted((a, b) => (inTurn(a) < inTurn(b) ? -1 : 1));
};

/** The same once the orders are imported: imported orders may have drawn numbers themselves. */
export const noticesAfter = (
  notices: readonly SeriesNotice[],
  reader: SeriesReader,
): Promise<readonly SeriesNotice[]> =>
  Promise.all(
    notices.map(async (notice) => {
      const at = await lastOf(reader, notice.kind, notice.year);
      return { ...notice, next: numberAt(reader, notice, at + 1) };
    }),
  );

import { streamId } from '../../event-store/stream-names.ts';
import type { Revision, StoredEvent } from '../../event-store/port.ts';
import type { Recorded } from '../../event-store/recorded.ts';
import type { EventDays } from './calendar.ts';
import type { BlindIndex } from '../../platform/blind-index.ts';

/** A row as JSON has it: what `row_to_json` gives and `json_to_recordset` takes. */
export type Row = Readonly<Record<string, unknown>>;

/** What is known of a row whose events are looked for. */
export type FindEvents = {
  /** As it is stored. */
  readonly row: Row | undefined;
  /** A stream in which an event of it was seen. */
  readonly stream: string | undefined;
  /** Streams that another read model knows to hold events of it (see `streamsElsewhere`). */
  readonly elsewhere: readonly string[];
  /** Reads on to the end of the stream, or about to the event that is the last one of interest. */
  readonly read: (
    stream: string,
    from?: Revision,
    isLast?: (event: StoredEvent) => boolean,
  ) => Promise<readonly StoredEvent[]>;
};

/** A row as the table has it, and as it is after the events that were folded since. */
export type Entry = { readonly stored: Row | undefined; readonly current: Row | undefined };

/** How events become the rows of one table: a declaration, run by the projector and by the rebuild alike. */
export type Projection = {
  /** Names the checkpoint: never rename. */
  readonly name: string;
  /** Raise it when the same events would give other rows: they are then rebuilt at the next start. */
  readonly version: number;
  /** Stream name prefixes it follows. */
  readonly prefixes: readonly string[];
  /** Event types it folds; the others are passed over unopened. Default: every type in its streams. */
  readonly types?: ReadonlySet<string>;
  /**
   * `sealed`: personal data is folded as the events' own envelopes, to be opened when rows are read. False: there is no use
   * for it, and it comes as erased. Default: it is opened.
   */
  readonly personal?: boolean | 'sealed';
  readonly table: string;
  /** Column names with their SQL types. */
  readonly columns: Readonly<Record<string, string>>;
  /** The column that identifies a row. */
  readonly key: string;
  /** Which row an event belongs to. Default: the id in the stream's name, so that revision 0 starts a row. */
  readonly keyOf?: (recorded: Recorded) => string;
  /** The events of one row, in any order, others among them. Default: those of the streams `<prefix><key>`. */
  readonly eventsOf?: (key: string, find: FindEvents) => Promise<readonly StoredEvent[]>;
  /** A query for keys that must have a row, because another read model knows them: there may be more than these. */
  readonly keysElsewhere?: string;
  /**
   * A query for the streams of the key `k.key`, as another read model knows them: for rows that are the only ones to know
   * their streams, so that one that is missing or wrong leads nowhere.
   */
  readonly streamsElsewhere?: string;
  /** Whether rows may be there before any event has them. Default false. */
  readonly isFilledAhead?: boolean;
  /** Columns that `evolve`, `counters` and `sums` never read: they are not loaded with a row. Default: none. */
  readonly unread?: readonly string[];
  /** The columns from which `counters` and `sums` are told. Default: all. */
  readonly counted?: readonly string[];
  /** Whether `evolve` is told the shop's days (see calendar.ts). Default false: the days of UTC. */
  readonly isDated?: boolean;
  /** Pure. The same row back means no change, `undefined` that there is no row (any more). */
  readonly evolve: (row: Row | undefined, recorded: Recorded, days: EventDays) => Row | undefined;
  /** Names under which a row is counted. Default: none. */
  readonly counters?: (row: Row) => readonly string[];
  /** Sums over all rows, kept in a table of their own: a row that changes takes out what it added, and adds what it says now. */
  readonly sums?: SumsOf<Row>;
  /**
   * What rows become when they are written, where they must not be stored as they were folded. `known`: the tokens of what
   * this writer has written alongside before, and need not write again.
   */
  readonly toStored?: (rows: readonly Row[], index: BlindIndex, known: Tokens) => StoredRows;
  /**
   * A scalar of SQL that changes when anything that was written alongside has been deleted. Without it nothing is known to a
   * writer for longer than one write.
   */
  readonly generation?: string;
  /**
   * Statements that are run with each write, by name: for what several rows share. `written` names the rows written, `named`
   * another of the statements. The first takes what `toStored` gave beside the rows.
   */
  readonly alongside?: (written: string, named: (name: string) => string) => Readonly<Record<string, string>>;
};

/** By name, what stands for it in the tables. */
export type Tokens = ReadonlyMap<string, number>;

/** `beside`: for `alongside`. `learnt`: what will be known once this is written. */
export type StoredRows = {
  readonly rows: readonly Row[];
  readonly beside: readonly object[];
  readonly learnt: Tokens;
};

/** One entry of a row in a table of sums: under which key, and how much. */
export type Addend = {
  readonly key: readonly string[];
  /** One for each of the values, in their order; whole numbers. */
  readonly values: readonly number[];
};

export type SumsOf<R extends Row> = {
  readonly table: string;
  /** The columns of the table's primary key, with their SQL types. */
  readonly key: Readonly<Record<string, string>>;
  /** Columns of type numeric. A sum of zeros stays, or is not there at all. */
  readonly values: readonly string[];
  readonly of: (row: R) => readonly Addend[];
};

/**
 * The types that a projection folds, out of every type there is: a new one does not compile until it is said whether it
 * counts.
 */
export const typesFolded = <T extends string>(isFolded: Readonly<Record<T, boolean>>): ReadonlySet<string> =>
  new Set(Object.keys(isFolded).filter((type) => isFolded[type as T])); // an object literal has no keys but those of its type

type Declared<R extends Row> = Omit<
  Projection,
  'evolve' | 'counters' | 'sums' | 'key' | 'columns' | 'toStored' | 'unread'
> & {
  readonly unread?: readonly (keyof R & string)[];
  readonly columns: { readonly [C in keyof R & string]: string };
  readonly key: keyof R & string;
  readonly evolve: (row: R | undefined, recorded: Recorded, days: EventDays) => R | undefined;
  readonly counters?: (row: R) => readonly string[];
  readonly sums?: SumsOf<R>;
  readonly toStored?: (rows: readonly R[], index: BlindIndex, known: Tokens) => StoredRows;
};

/** Declares a projection. Its rows are read back as it wrote them, so that `evolve` may trust their type. */
export const projection = <R extends Row>(declared: Declared<R>): Projection => declared as unknown as Projection;

/** A row as its columns alone: those that `evolve` answers may work columns out when they are read. */
export const plainRow = ({ columns }: Pick<Projection, 'columns'>, row: object): Row =>
  Object.fromEntries(Object.keys(columns).map((name) => [name, Reflect.get(row, name) as unknown]));

export const keyOf = (declared: Projection, recorded: Recorded): string =>
  declared.keyOf === undefined ? streamId(recorded.stream) : declared.keyOf(recorded);

/** No row can exist yet for this event: a row that is kept by stream begins with the stream. */
export const startsRow = (declared: Projection, recorded: Recorded): boolean =>
  declared.keyOf === undefined && recorded.revision === 0n;

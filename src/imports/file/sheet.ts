import { Readable } from 'node:stream';
import { CsvError, parse, type Options } from 'csv-parse';
import { parse as parseAtOnce } from 'csv-parse/sync';
import { finding, UnreadableFile, type Cell, type Finding } from '../findings.ts';
import { decodeFile, detectEncoding, type Encoding } from './encoding.ts';

/** How to find a table in a file. Settings that are left out are detected. */
export type SheetLayout = {
  readonly encoding?: Encoding | undefined;
  readonly delimiter?: string | undefined;
  /** Lines before the header. Default: all lines before the first one that has all required columns. */
  readonly skipLines?: number | undefined;
  /** Columns that every file of this kind has. */
  readonly required: readonly string[];
  /** Columns that even a row that is cut short must reach. Default: those that are required. */
  readonly inEveryRow?: readonly string[] | undefined;
  /** False: a quotation mark is an ordinary character, as in Amazon's files. Default true. */
  readonly quotes?: boolean | undefined;
};

/** A row of the table. */
export type Row = {
  readonly line: number;
  /** Undefined if it is blank, or if there is no such column. */
  readonly cell: (column: string) => Cell | undefined;
  /** It has fewer cells than the header, or more. */
  readonly misfit: Finding | undefined;
};

export type Sheet = {
  readonly columns: readonly string[];
  readonly encoding: Encoding;
  readonly delimiter: string;
  /** Line of the header. */
  readonly line: number;
  /** Iterates over all rows that are not blank; it can be called repeatedly. */
  readonly rows: (onBytes?: (bytes: Uint8Array) => void) => AsyncGenerator<Row>;
};

const DELIMITERS = [',', ';', '\t', '|'] as const;
/** The header must be within this part of the file. */
const HEAD_CHARACTERS = 256 * 1_024;
const MOST_PREAMBLE_LINES = 100;
/** One row, with all its notes. */
const MOST_ROW_BYTES = 1_024 * 1_024;
const LINE_BREAKS = ['\r\n', '\n', '\r'];

type Record = { readonly info: { readonly lines: number }; readonly record: readonly string[] };

const optionsOf = (delimiter: string, quotes: boolean): Options => ({
  delimiter,
  quote: quotes ? '"' : null,
  escape: quotes ? '"' : null,
  relax_quotes: true,
  relax_column_count: true,
  record_delimiter: LINE_BREAKS,
  max_record_size: MOST_ROW_BYTES,
  info: true,
});

const readHead = async (path: string, encoding: Encoding): Promise<string> => {
  let head = '';
  for await (const text of decodeFile(path, encoding)) {
    head += text;
    if (head.length >= HEAD_CHARACTERS) return head.slice(0, HEAD_CHARACTERS);
  }
  return head;
};

type Header = { readonly delimiter: string; readonly columns: readonly string[]; readonly line: number };

/**
 * Finds the header among the first lines. Each line is read separately, so that a stray quotation mark before the
 * header affects only its own line.
 */
const findHeader = (
  head: string,
  { delimiter, skipLines, required, quotes = true }: SheetLayout,
): Header | undefined => {
  const lines = head.split(/\r\n|\n|\r/);
  const first = skipLines ?? 0;
  const last = skipLines ?? Math.min(lines.length - 1, MOST_PREAMBLE_LINES);
  for (let index = first; index <= last; index++)
    for (const candidate of delimiter === undefined ? DELIMITERS : [delimiter]) {
      const columns = columnsOf(lines[index] ?? '', candidate, quotes);
      if (required.every((name) => columns.includes(name))) return { delimiter: candidate, columns, line: index + 1 };
    }
  return undefined;
};

const columnsOf = (line: string, delimiter: string, quotes: boolean): readonly string[] => {
  try {
    const [found] = parseAtOnce(line, optionsOf(delimiter, quotes)) as unknown as readonly Record[]; // as `info` makes it
    return (found?.record ?? []).map((name) => name.trim());
  } catch {
    return [];
  }
};

/** Amazon's fields have no quotes, but a spreadsheet that saves such a file adds them. */
const unquoted = (text: string): string =>
  text.length > 1 && text.startsWith('"') && text.endsWith('"') ? text.slice(1, -1).replaceAll('""', '"') : text;

/**
 * A row that was cut short may have lost what it needs; where only other cells are missing, a program may have left out
 * blank ones. More cells than the header has mean that a separator in a text moved all that follow.
 */
const misfitOf = (line: number, record: readonly string[], { columns, needed }: Reading): Finding | undefined => {
  if (record.length === columns.length) return undefined;
  const expected = `a row of ${columns.length} cells, as the header has; it has ${record.length}`;
  if (record.length < columns.length) {
    const cell = { text: '', line, column: columns[record.length] ?? '' };
    if (record.length < needed) return finding('error', cell, `${expected}: the row was cut short`);
    return finding('warning', cell, `${expected}: the missing ones were read as blank`);
  }
  const surplus = record.slice(columns.length).find((text) => text.trim() !== '');
  if (surplus === undefined) return undefined;
  const cell = { text: surplus, line, column: columns.at(-1) ?? '' };
  return finding('error', cell, `${expected}: put a text that contains the separator in quotation marks`);
};

const rowOf = (line: number, record: readonly string[], reading: Reading): Row => ({
  line,
  misfit: misfitOf(line, record, reading),
  cell: (column) => {
    const { path, places, twice, quotes } = reading;
    if (twice.has(column))
      throw new UnreadableFile(`${path} has two columns ${JSON.stringify(column)}. Rename or remove one of them.`);
    const place = places.get(column);
    const given = place === undefined ? '' : (record[place] ?? '').trim();
    const text = quotes ? given : unquoted(given);
    return text === '' ? undefined : { text, line, column };
  },
});

type Reading = {
  readonly path: string;
  readonly columns: readonly string[];
  readonly places: ReadonlyMap<string, number>;
  /** Names that several columns have. */
  readonly twice: ReadonlySet<string>;
  /** How many cells a row has at least. */
  readonly needed: number;
  readonly quotes: boolean;
};

const QUOTES = 'Is a quotation mark missing there? If the file has no quoted texts, set quotes: false in a map.';

/** In plain words, what the parser says in its own. */
const readable = (path: string, row: number, error: unknown): unknown => {
  if (!(error instanceof CsvError)) return error;
  const why =
    error.code === 'CSV_MAX_RECORD_SIZE'
      ? `the row that begins in line ${row} is longer than ${MOST_ROW_BYTES / 1_024 ** 2} MB. ${QUOTES}`
      : error.code === 'CSV_QUOTE_NOT_CLOSED'
        ? `a text of the row that begins in line ${row} has no closing quotation mark. ${QUOTES}`
        : `the row that begins in line ${row} is none.`;
  return new UnreadableFile(`${path} cannot be read as a table: ${why}`, { cause: error });
};

/** Finds the table in a file. Rows are read as a stream: memory does not grow with the file. */
export const openSheet = async (path: string, layout: SheetLayout): Promise<Sheet> => {
  const { quotes = true, required } = layout;
  const encoding = await detectEncoding(path, layout.encoding);
  const header = findHeader(await readHead(path, encoding), layout);
  if (header === undefined)
    throw new UnreadableFile(
      `${path} has no header with the columns ${required.join(', ')}` +
        `${layout.skipLines === undefined ? '' : ` in line ${layout.skipLines + 1}`}. Is it the right profile?`,
    );
  const { delimiter, columns, line } = header;
  const places = new Map(columns.map((name, index) => [name, index] as const));
  const twice = new Set(columns.filter((name, index) => name !== '' && places.get(name) !== index));
  const needed = 1 + Math.max(...(layout.inEveryRow ?? required).map((name) => places.get(name) ?? 0));
  const reading = { path, columns, places, twice, needed, quotes };

  const rows: Sheet['rows'] = async function* (onBytes) {
    const parser = parse({ ...optionsOf(delimiter, quotes), from_line: line + 1 });
    const text = Readable.from(decodeFile(path, encoding, onBytes));
    text.on('error', (error) => parser.destroy(error));
    text.pipe(parser);
    let before = line;
    try {
      for await (const { info, record } of parser as AsyncIterable<Record>) {
        const start = before + 1;
        before = info.lines;
        if (record.some((field) => field.trim() !== '')) yield rowOf(start, record, reading);
      }
    } catch (error) {
      throw readable(path, before + 1, error);
    } finally {
      text.destroy();
    }
  };
  return { columns, encoding, delimiter, line, rows };
};

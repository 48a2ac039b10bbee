import { Readable } from 'node:stream';
import { CsvError, parse, type Options } from 'csv-parse';
import { parse as parseAtOnce } from 'csv-parse/sync';
import { UnreadableFile, type Cell } from '../findings.ts';
import { decodeFile, detectEncoding, type Encoding } from './encoding.ts';

/** How to find a table in a file. Settings that are left out are detected. */
export type SheetLayout = {
  readonly encoding?: Encoding | undefined;
  readonly delimiter?: string | undefined;
  /** Lines before the header. Default: all lines before the first one that has all required columns. */
  readonly skipLines?: number | undefined;
  /** Columns that every file of this kind has. */
  readonly required: readonly string[];
  /** False: a quotation mark is an ordinary character, as in Amazon's files. Default true. */
  readonly quotes?: boolean | undefined;
};

/** A row of the table. */
export type Row = {
  readonly line: number;
  /** Undefined if it is blank, or if there is no such column. */
  readonly cell: (column: string) => Cell | undefined;
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

const rowOf = (line: number, record: readonly string[], { places, quotes }: Reading): Row => ({
  line,
  cell: (column) => {
    const place = places.get(column);
    const given = place === undefined ? '' : (record[place] ?? '').trim();
    const text = quotes ? given : unquoted(given);
    return text === '' ? undefined : { text, line, column };
  },
});

type Reading = { readonly places: ReadonlyMap<string, number>; readonly quotes: boolean };

const readable = (path: string, error: unknown): unknown =>
  error instanceof CsvError
    ? new UnreadableFile(`${path} cannot be read as a table: ${error.message}.`, { cause: error })
    : error;

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
  // If two columns have one name, the first is used.
  const places = new Map(columns.map((name, index) => [name, index] as const).toReversed());

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
        if (record.some((field) => field.trim() !== '')) yield rowOf(start, record, { places, quotes });
      }
    } catch (error) {
      throw readable(path, error);
    } finally {
      text.destroy();
    }
  };
  return { columns, encoding, delimiter, line, rows };
};

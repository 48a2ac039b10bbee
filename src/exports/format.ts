import { match } from 'ts-pattern';
import { csvLine, type CsvForm } from '../platform/csv.ts';
import type { Chunk } from './chunk.ts';
import type { Cells } from './tables.ts';

export const FORMATS = ['csv', 'json', 'ndjson'] as const;
export type Format = (typeof FORMATS)[number];

export type Form = CsvForm & {
  readonly format: Format;
  /** Whether a CSV begins with a byte order mark, so that spreadsheets see that it is UTF-8. */
  readonly bom: boolean;
};

export const BYTE_ORDER_MARK = '\uFEFF';

type Batch = { readonly rows: readonly Cells[]; readonly place: unknown };

/** `begun`: how many rows the file has already; undefined: not even its beginning. */
export async function* inFormat(
  columns: readonly string[],
  batches: AsyncIterable<Batch>,
  { form, begun }: { readonly form: Form; readonly begun?: number | undefined },
): AsyncGenerator<Chunk> {
  const object = (cells: Cells): string =>
    JSON.stringify(Object.fromEntries(columns.map((column, index) => [column, cells[index] ?? null])));
  const { head, line, between, tail } = match(form.format)
    .with('csv', () => ({
      head: (form.bom ? BYTE_ORDER_MARK : '') + csvLine(columns, form),
      line: (cells: Cells) => csvLine(cells, form),
      between: '',
      tail: '',
    }))
    .with('json', () => ({ head: '[\n', line: object, between: ',\n', tail: '\n]\n' }))
    .with('ndjson', () => ({ head: '', line: (cells: Cells) => `${object(cells)}\n`, between: '', tail: '' }))
    .exhaustive();
  let before = begun === undefined ? head : '';
  let written = begun ?? 0;
  for await (const { rows, place } of batches) {
    const text = rows.map(line).join(between);
    const joint = rows.length > 0 && written > 0 ? between : '';
    written += rows.length;
    yield { text: before + joint + text, rows: rows.length, place };
    before = '';
  }
  yield { text: before + tail, rows: 0, place: undefined };
}

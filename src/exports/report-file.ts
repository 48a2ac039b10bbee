import { csvLine } from '../platform/csv.ts';
import type { Report } from '../reports/index.ts';
import type { Chunk } from './chunk.ts';
import { BYTE_ORDER_MARK, type Form } from './format.ts';

/** A report as a file: in CSV and NDJSON as rows, in JSON as it is over HTTP. */
export const reportFile = ({ body, columns, rows }: Report, form: Form): Chunk => {
  const textOf = (): string => {
    if (form.format === 'json') return `${JSON.stringify(body, undefined, 2)}\n`;
    if (form.format === 'ndjson') return rows.map((row) => `${JSON.stringify(row)}\n`).join('');
    const lines = [columns, ...rows.map((row) => columns.map((name) => row[name] ?? null))];
    return (form.bom ? BYTE_ORDER_MARK : '') + lines.map((cells) => csvLine(cells, form)).join('');
  };
  return { text: textOf(), rows: rows.length, place: undefined };
};

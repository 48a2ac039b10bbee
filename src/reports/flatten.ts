import type { ReportRow } from './report-row.ts';

export const FLAT_COLUMNS = ['section', 'key', 'figure', 'value'] as const;

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null;

/** What names a row in a list: its texts, such as a product and a currency. */
const nameOf = (row: Readonly<Record<string, unknown>>): string =>
  Object.values(row)
    .filter((value) => typeof value === 'string')
    .join(' ');

const cell = (section: string, key: string, figure: string, value: unknown): ReportRow => ({
  section,
  key,
  figure,
  value: typeof value === 'number' || typeof value === 'string' ? value : null,
});

const listed = (section: string, row: unknown): readonly ReportRow[] =>
  isObject(row)
    ? Object.entries(row).flatMap(([figure, value]) =>
        Array.isArray(value)
          ? value.map((one: unknown, n) => cell(section, nameOf(row), `${figure} ${n}`, one))
          : typeof value === 'string'
            ? []
            : [cell(section, nameOf(row), figure, value)],
      )
    : [];

/** A report of several parts as rows of one file: one figure a row. */
export const flatten = (body: Readonly<Record<string, unknown>>): readonly ReportRow[] =>
  Object.entries(body).flatMap(([name, value]): readonly ReportRow[] => {
    if (Array.isArray(value)) return value.flatMap((row: unknown) => listed(name, row));
    if (isObject(value)) return Object.entries(value).map(([figure, inner]) => cell(name, '', figure, inner));
    return [cell('', '', name, value)];
  });

import {
  FORMATS,
  statusesOf,
  tableNamed,
  TABLES,
  type Filters,
  type Format,
  type TableName,
} from '../exports/index.ts';
import { firstMomentOf, lastMomentOf } from '../platform/business-day.ts';
import { GROUPS, INTERVALS } from '../projections/figures/index.ts';
import { REPORTS, type ReportName, type ReportQuery } from '../reports/index.ts';
import { demandNoMore, oneOf, parseFlags, unknownWord } from './command-words.ts';
import { UsageError } from './usage-error.ts';

/** Not a table: what another Waybill imports. */
const HISTORY = 'history';
/** Before the name of a report. */
const ANALYTICS = 'analytics/';
const REPORT_NAMES = Object.keys(REPORTS) as readonly ReportName[]; // an object literal has no keys but those of its type

/** Sales, by their older address over HTTP. */
const OLDER_SALES = `${ANALYTICS}revenue`;
const WHAT = [...TABLES, HISTORY, ...REPORT_NAMES.map((name) => ANALYTICS + name), OLDER_SALES];

const USAGE = `Use: export <what> --format csv|json|ndjson --out <file>
       what: ${TABLES.join(', ')},
             ${REPORT_NAMES.slice(0, 5)
               .map((name) => ANALYTICS + name)
               .join(', ')},
             ${REPORT_NAMES.slice(5)
               .map((name) => ANALYTICS + name)
               .join(', ')}
       --from, --to <day>     only these days of the shop (BUSINESS_TIMEZONE), both included
       --status <status>      tables: only rows with this status, as often as there are statuses
       --as-of <day>, --currency <code>, --interval ${INTERVALS.join('|')}, --group-by ${GROUPS.join('|')},
       --limit <n>, --date <day>
                              reports: as over HTTP
       --bom                  begin a CSV with a byte order mark, for spreadsheets
       --decimal ,            write the numbers of a CSV with a comma
       --resume               continue an interrupted export of the same file
       --json                 one JSON object per line
     export ${HISTORY} --out <file>   every order with its returns, payments and document numbers, for another Waybill`;

/** What is exported. */
export type Wanted =
  | { readonly kind: 'table'; readonly name: TableName; readonly filters: Filters }
  | { readonly kind: 'report'; readonly name: ReportName; readonly query: ReportQuery }
  | { readonly kind: 'history' };

export type ExportOptions = {
  /** As it was called. */
  readonly what: string;
  readonly wanted: Wanted;
  readonly out: string;
  readonly format: Format;
  readonly bom: boolean;
  readonly decimal: '.' | ',';
  readonly resume: boolean;
  readonly json: boolean;
};

const flagsOf = (args: readonly string[]) => {
  const text = { type: 'string' } as const;
  const yes = { type: 'boolean' } as const;
  const options = {
    format: text,
    out: text,
    from: text,
    to: text,
    status: { type: 'string', multiple: true },
    'as-of': text,
    currency: text,
    interval: text,
    'group-by': text,
    limit: text,
    date: text,
    decimal: text,
    bom: yes,
    resume: yes,
    json: yes,
  } as const;
  return parseFlags({ args: [...args], allowPositionals: true, options }, USAGE);
};

type Flags = ReturnType<typeof flagsOf>['values'];

const DECIMALS = ['.', ','] as const;
const DAY = /^\d{4}-\d{2}-\d{2}$/;

const dayIn = (flags: Flags, name: 'from' | 'to' | 'as-of' | 'date'): string | undefined => {
  const text = flags[name];
  if (text === undefined) return undefined;
  const at = new Date(`${text}T00:00:00.000Z`);
  if (!DAY.test(text) || Number.isNaN(at.getTime()) || !at.toISOString().startsWith(text))
    throw new UsageError(`--${name} is ${JSON.stringify(text)}; expected a day such as 2026-03-01`);
  return text;
};

/** The first and the last day that are asked for. */
const daysIn = (flags: Flags) => {
  const [from, to] = [dayIn(flags, 'from'), dayIn(flags, 'to')];
  if (from !== undefined && to !== undefined && from > to)
    throw new UsageError(`--from is ${from}, which is after --to, ${to}`);
  return { from, to };
};

const limitIn = ({ limit }: Flags): number | undefined => {
  if (limit === undefined) return undefined;
  if (!/^\d{1,4}$/.test(limit) || Number(limit) < 1 || Number(limit) > 1_000)
    throw new UsageError(`--limit is ${JSON.stringify(limit)}; expected a number from 1 to 1000`);
  return Number(limit);
};

const currencyIn = ({ currency }: Flags): string | undefined => {
  if (currency !== undefined && !/^[A-Z]{3}$/.test(currency))
    throw new UsageError(`--currency is ${JSON.stringify(currency)}; expected a code such as EUR`);
  return currency;
};

/** The fields of a report's query, by the names of the options. */
const FIELDS = {
  from: 'start_date',
  to: 'end_date',
  'as-of': 'as_of',
  currency: 'currency',
  interval: 'interval',
  'group-by': 'group_by',
  limit: 'limit',
  date: 'date',
} as const satisfies Readonly<Record<string, keyof ReportQuery>>;

const reportQuery = (name: ReportName, flags: Flags): ReportQuery => {
  const taken: readonly string[] = REPORTS[name];
  for (const [flag, field] of Object.entries(FIELDS))
    if (flags[flag as keyof typeof FIELDS] !== undefined && !taken.includes(field))
      throw new UsageError(`--${flag}: ${ANALYTICS}${name} has no use for it`);
  if (flags.status !== undefined) throw new UsageError('--status: reports count every status');
  const { from, to } = daysIn(flags);
  return {
    start_date: from,
    end_date: to,
    as_of: dayIn(flags, 'as-of'),
    date: dayIn(flags, 'date'),
    currency: currencyIn(flags),
    interval: flags.interval === undefined ? undefined : oneOf('interval', flags.interval, INTERVALS),
    group_by: flags['group-by'] === undefined ? undefined : oneOf('group-by', flags['group-by'], GROUPS),
    limit: limitIn(flags),
  };
};

const statusIn = (name: TableName, { status }: Flags): readonly string[] | undefined => {
  const table = tableNamed(name);
  if (status !== undefined && table.statuses === undefined) throw new UsageError(`--status: ${name} have no status`);
  const chosen = statusesOf(table, status);
  if ('unknown' in chosen)
    throw new UsageError(`--status is ${JSON.stringify(chosen.unknown)}; expected one of ${chosen.known.join(', ')}`);
  return chosen.status;
};

const filtersIn = (name: TableName, flags: Flags, timeZone: string): Filters => {
  for (const flag of ['as-of', 'currency', 'interval', 'group-by', 'limit', 'date'] as const)
    if (flags[flag] !== undefined) throw new UsageError(`--${flag}: only for reports`);
  const status = statusIn(name, flags);
  const { from, to } = daysIn(flags);
  return {
    from: from === undefined ? undefined : firstMomentOf(from, timeZone),
    to: to === undefined ? undefined : lastMomentOf(to, timeZone),
    status,
  };
};

const wantedOf = (what: string, flags: Flags, timeZone: string): Wanted => {
  if (what === HISTORY) {
    const others = [...Object.keys(FIELDS), 'status'] as const;
    if ((flags.format ?? 'ndjson') !== 'ndjson' || others.some((flag) => flags[flag as keyof Flags] !== undefined))
      throw new UsageError(`${HISTORY} is exported as a whole, and as ndjson`);
    return { kind: 'history' };
  }
  const report = what === OLDER_SALES ? 'sales' : REPORT_NAMES.find((known) => ANALYTICS + known === what);
  if (report !== undefined) return { kind: 'report', name: report, query: reportQuery(report, flags) };
  const name = TABLES.find((known) => known === what);
  if (name === undefined) throw unknownWord('table or report', what, { known: WHAT, usage: USAGE });
  return { kind: 'table', name, filters: filtersIn(name, flags, timeZone) };
};

/** @throws UsageError */
export const exportOptions = (args: readonly string[], timeZone: string): ExportOptions => {
  const { values, positionals } = flagsOf(args);
  const [what, ...more] = positionals;
  const { out, bom = false, resume = false, json = false } = values;
  demandNoMore(more, USAGE);
  if (what === undefined || out === undefined) throw new UsageError(USAGE);
  const wanted = wantedOf(what, values, timeZone);
  const format = oneOf('format', values.format ?? (wanted.kind === 'history' ? 'ndjson' : 'csv'), FORMATS);
  const decimal = oneOf('decimal', values.decimal ?? '.', DECIMALS);
  if (format !== 'csv' && (bom || decimal === ',')) throw new UsageError('--bom and --decimal: only with --format csv');
  return { what, wanted, out, format, bom, decimal, resume, json };
};

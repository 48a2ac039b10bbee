import type { Static } from '@sinclair/typebox';
import { Readable } from 'node:stream';
import { match } from 'ts-pattern';
import type { Instant } from '../../domain/shared/decider.ts';
import { csvLine } from '../../platform/csv.ts';
import type { Caller } from '../server/caller.ts';
import type { Reply } from '../server/route.ts';
import type { EXPORT_FORMATS, exportOrdersQuery } from './request-schemas.ts';
import { type Bodies, bodiesOf, filtersOf } from './lists.ts';
import type { OrderBody } from './body.ts';
import { DEFAULT_COLUMNS, isItemColumn, orderLines, type Written } from './csv-columns.ts';
import { invalid } from '../server/problem.ts';
import { demandOrder, readSpan } from '../server/schemas/business-days.ts';
import type { OrderDeps } from './deps.ts';

type Format = (typeof EXPORT_FORMATS)[number];

type Asked = {
  readonly query: Static<typeof exportOrdersQuery>;
  readonly caller: Caller;
  readonly at: Instant;
};

const CONTENT_TYPES: Readonly<Record<Format, string>> = {
  csv: 'text/csv; charset=utf-8; header=present',
  json: 'application/json; charset=utf-8',
  ndjson: 'application/x-ndjson; charset=utf-8',
};

const BYTE_ORDER_MARK = '\uFEFF';

/** Nothing is said before the first batch is there, so that what goes wrong until then is a problem of its own. */
async function* csv(lines: AsyncIterable<string> | Iterable<string>, header: string): AsyncGenerator<string> {
  let head = header;
  for await (const some of lines) {
    yield head + some;
    head = '';
  }
  if (head !== '') yield head;
}

async function* ndjson(batches: AsyncIterable<readonly OrderBody[]>): AsyncGenerator<string> {
  for await (const bodies of batches) yield bodies.map((body) => `${JSON.stringify(body)}\n`).join('');
}

async function* json(batches: AsyncIterable<readonly OrderBody[]>): AsyncGenerator<string> {
  let before = '[\n';
  for await (const bodies of batches) {
    yield before + bodies.map((body) => JSON.stringify(body)).join(',\n');
    before = ',\n';
  }
  yield before === ',\n' ? '\n]\n' : '[]\n';
}

async function* from(first: IteratorResult<string>, rest: AsyncGenerator<string>): AsyncGenerator<string> {
  try {
    if (first.done !== true) yield first.value;
    yield* rest;
  } finally {
    await rest.return(undefined); // also when the client goes away before the second chunk
  }
}

type Query = Asked['query'];

/** How a CSV is written; undefined: as the list has its lines ready. */
const writtenAs = ({ format = 'csv', view, columns, ids }: Query): Written | undefined => {
  const given = Object.entries({ view, columns, ids }).filter(([, value]) => value !== undefined);
  if (given.length === 0) return undefined;
  if (format !== 'csv') throw invalid(given.map(([field]) => ({ field, message: 'can only be sent with format=csv' })));
  const asked = { view: view ?? 'orders', keepsText: ids === 'text' } as const;
  const misplaced = asked.view === 'lines' ? undefined : columns?.find(isItemColumn);
  if (misplaced !== undefined)
    throw invalid([{ field: 'columns', message: `contains ${misplaced}, a column of items; send view=lines with it` }]);
  const chosen = columns === undefined || columns.length === 0 ? DEFAULT_COLUMNS[asked.view] : columns;
  return { ...asked, columns: chosen };
};

async function* written(batches: AsyncIterable<readonly OrderBody[]>, how: Written): AsyncGenerator<string> {
  for await (const bodies of batches) yield bodies.map((body) => orderLines(body, how)).join('');
}

/** A file of every match, sent as it is read: as fast as the client takes it, and no longer than it is there. */
export const exportReply = async (
  deps: Bodies & Pick<OrderDeps, 'exports' | 'businessTimeZone'>,
  { query, caller, at }: Asked,
): Promise<Reply> => {
  const { exports } = deps;
  const { format = 'csv', bom, sort, view: _view, columns: _columns, ids: _ids, ...filtering } = query;
  const how = writtenAs(query);
  const header = (bom === 'true' ? BYTE_ORDER_MARK : '') + csvLine(how?.columns ?? DEFAULT_COLUMNS.orders);
  const span = readSpan({ from: filtering.created_from, to: filtering.created_to }, deps.businessTimeZone);
  demandOrder(span, { from: 'created_from', to: 'created_to' });
  const filters = filtersOf(filtering, caller, deps.businessTimeZone);
  const asked = filters === undefined ? undefined : { filters, ...(sort !== undefined && { sort }) };
  const bodies = async function* () {
    if (asked === undefined) return;
    for await (const orders of exports.orders(asked)) yield await bodiesOf(deps, orders, caller);
  };
  const chunks = match(format)
    .returnType<AsyncGenerator<string>>()
    .with('csv', () => {
      if (how !== undefined) return csv(written(bodies(), how), header);
      return csv(asked === undefined ? [] : exports.lines(asked), header);
    })
    .with('json', () => json(bodies()))
    .with('ndjson', () => ndjson(bodies()))
    .exhaustive();
  return {
    status: 200,
    headers: {
      'Content-Type': CONTENT_TYPES[format],
      'Content-Disposition': `attachment; filename="orders-${at.slice(0, 10)}.${format}"`,
    },
    content: Readable.from(from(await chunks.next(), chunks), { objectMode: false }),
  };
};

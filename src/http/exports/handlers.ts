import type { Static } from '@sinclair/typebox';
import { Readable } from 'node:stream';
import type { Position } from '../../event-store/port.ts';
import {
  inFormat,
  statusesOf,
  tableNamed,
  TABLES,
  type Chunk,
  type Format,
  type ReadDeps,
} from '../../exports/index.ts';
import { invalid, notFound } from '../server/problem.ts';
import { bind, type Bound, type Reply, type RequestFacts } from '../server/route.ts';
import { demandOrder, readSpan } from '../server/schemas/business-days.ts';
import { exportSpecs } from './routes.ts';
import type { exportParams, exportQuery } from './schemas.ts';

export type ExportDeps = ReadDeps & {
  /** The position up to which these read models have handled the log; of none, the log's head. */
  readonly position: (readModels: readonly string[]) => Promise<Position>;
  /** IANA name: a date is a day there. */
  readonly businessTimeZone: string;
};

const CONTENT_TYPES: Readonly<Record<Format, string>> = {
  csv: 'text/csv; charset=utf-8; header=present',
  json: 'application/json; charset=utf-8',
  ndjson: 'application/x-ndjson; charset=utf-8',
};

/** The first part is read before anything is answered, so that what goes wrong until then is a problem of its own. */
async function* texts(first: IteratorResult<Chunk>, rest: AsyncGenerator<Chunk>): AsyncGenerator<string> {
  try {
    if (first.done !== true && first.value.text !== '') yield first.value.text;
    for await (const { text } of rest) if (text !== '') yield text;
  } finally {
    await rest.return(undefined); // also when the client goes away before the second part
  }
}

type Asked = Pick<RequestFacts, 'at'> & {
  readonly params: Static<typeof exportParams>;
  readonly query: Static<typeof exportQuery>;
};

export const bindExports = (deps: ExportDeps): Bound<typeof exportSpecs> =>
  bind(exportSpecs, {
    exportTable: {
      handle: async ({ params, query, at }: Asked): Promise<Reply> => {
        const what = TABLES.find((name) => name === params.what);
        if (what === undefined) throw notFound('export');
        const { format = 'csv', bom, decimal } = query;
        const csvOnly = Object.entries({ bom, decimal }).filter(([, value]) => value !== undefined && format !== 'csv');
        if (csvOnly.length > 0)
          throw invalid(csvOnly.map(([field]) => ({ field, message: 'can only be sent with format=csv' })));
        const table = tableNamed(what);
        if (query.status !== undefined && table.statuses === undefined)
          throw invalid([{ field: 'status', message: `cannot be sent for ${what}, which have no status` }]);
        const chosen = statusesOf(table, query.status);
        if ('unknown' in chosen)
          throw invalid([
            { field: 'status', message: `must be one of ${chosen.known.join(', ')}`, received: chosen.unknown },
          ]);
        const span = readSpan({ from: query.from, to: query.to }, deps.businessTimeZone);
        demandOrder(span, { from: 'from', to: 'to' });
        const until = await deps.position(table.reads);
        const form = { format, bom: bom === 'true', ...(decimal !== undefined && { decimal }) };
        const chunks = inFormat(table.columns, table.batches(deps, { until, ...chosen, ...span }), { form });
        const first = await chunks.next();
        return {
          status: 200,
          headers: {
            'Content-Type': CONTENT_TYPES[format],
            'Content-Disposition': `attachment; filename="${what}-${at.slice(0, 10)}.${format}"`,
            'X-Export-Position': String(until),
          },
          content: Readable.from(texts(first, chunks), { objectMode: false }),
        };
      },
    },
  });

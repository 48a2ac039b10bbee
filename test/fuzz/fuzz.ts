import fc from 'fast-check';
import { readFile } from 'node:fs/promises';
import type { OpenApiDocument } from '../../src/http/server/documentation/openapi.ts';
import type { TestApi } from '../support/api.ts';
import { countRows } from './count-rows.ts';
import { faultsOf, type KnownCodes } from './faults.ts';
import { operationsOf } from './operations.ts';
import { createPool } from './pool.ts';
import { requestFor, type FuzzRequest } from './requests.ts';
import { addressOf, credentialsIn, send, sentBody } from './send.ts';
import { firstThings, freshThings } from './stock.ts';

export type FuzzReport = {
  readonly requests: number;
  /** How often each operation answered 2xx, and how often it was asked. */
  readonly operations: ReadonlyMap<string, { readonly asked: number; readonly done: number }>;
  readonly statuses: ReadonlyMap<number, number>;
  /** What breaks the contract, each with a request that shows it. */
  readonly faults: readonly string[];
  /** What no log may contain: the credentials of callers. */
  readonly secrets: readonly string[];
};

/** Codes as the generated documentation lists them. */
const documentedCodes = async (): Promise<KnownCodes> => {
  const text = await readFile(new URL('../../docs/api.md', import.meta.url), 'utf8');
  const rows = text.matchAll(/^\| `([a-z_]+\.[a-z_]+)` \| (\d{3}) \|/gm);
  return new Map([...rows].map(([, code = '', status]) => [code, Number(status)]));
};

const shown = (request: FuzzRequest): string => {
  const body = sentBody(request);
  const text = typeof body === 'string' ? body.slice(0, 1_500) : body === undefined ? '' : `${body.length} bytes`;
  return `${request.operation.method} ${addressOf(request)} as ${request.caller} ${JSON.stringify(request.headers)} ${text}`;
};

const STOCKED_EVERY = 1_000;

export type FuzzOptions = {
  readonly requests: number;
  readonly seed: number;
  /** Operations to ask. Default: all. */
  readonly only?: readonly string[];
};

/**
 * Asks every operation of the served document in turn, half of the requests as documented and half not, by things that
 * exist, those of others and nonsense. The same seed asks the same, but for ids.
 */
export const fuzz = async (api: TestApi, { requests, seed, only }: FuzzOptions): Promise<FuzzReport> => {
  const document = (await api.call<OpenApiDocument>('//openapi.json', { as: null })).body;
  const operations = operationsOf(document).filter(({ id }) => only?.includes(id) ?? true);
  const known = await documentedCodes();
  const credentials = await credentialsIn(api);
  const secrets = Object.values(credentials).flatMap((headers) => Object.values(headers).map((one) => one.slice(-40)));
  const pool = createPool();
  await firstThings(api, pool);
  const count = await countRows(api.core.db);
  const tally = new Map(operations.map(({ id }) => [id, { asked: 0, done: 0 }]));
  const statuses = new Map<number, number>();
  const faults = new Map<string, string>();
  let before = '';
  for (let n = 0; n < requests; n++) {
    if (n % STOCKED_EVERY === 0) {
      await freshThings(api, pool);
      before = await count();
    }
    const operation = operations[n % operations.length];
    if (operation === undefined) throw new Error('the document has no operation');
    const [request] = fc.sample(requestFor(document, operation, pool), {
      seed: seed ^ Math.imul(n, 0x9e37_79b1),
      numRuns: 1,
    });
    if (request === undefined) throw new Error('nothing was drawn');
    const answer = await send(api.url, request, credentials);
    const after = await count();
    const found = faultsOf(document, known, request, { ...answer, wrote: after !== before });
    before = after;
    for (const fault of found) {
      const key = `${operation.id} ${fault.slice(0, 80)}`;
      if (!faults.has(key)) faults.set(key, `${fault}\n    request ${n}: ${shown(request)}`);
    }
    const row = tally.get(operation.id);
    if (row !== undefined)
      tally.set(operation.id, { asked: row.asked + 1, done: row.done + (answer.status < 300 ? 1 : 0) });
    statuses.set(answer.status, (statuses.get(answer.status) ?? 0) + 1);
    if (answer.status < 300) {
      pool.harvest(operation.template, answer.body);
      pool.add('cursors', /[?&]cursor=([^&>]+)/.exec(answer.headers.get('link') ?? '')?.[1]);
    }
  }
  return { requests, operations: tally, statuses, faults: [...faults.values()], secrets };
};

import autocannon, { type Options, type Request, type Result } from 'autocannon';
import { setTimeout as pause } from 'node:timers/promises';
import { Pool } from 'undici';
import { p99Of } from '../support/compare.ts';
import { answerLoad } from '../support/load.ts';

export type HttpRequest = { readonly method: 'GET' | 'POST'; readonly url: string; readonly body?: object };

export type HttpLoad = {
  readonly requests: readonly (HttpRequest & { readonly token?: string })[];
  readonly connections: number;
  /** Runs through the requests again and again for so long; without it each is sent once. */
  readonly seconds?: number;
  /** All connections together, for so many seconds. Default: each sends its next request when it has its answer. */
  readonly requestsPerSecond?: number;
};
export type HttpFigures = {
  readonly requests: number;
  readonly perSecond: number;
  readonly p99Ms: number;
};

const toRequest = ({ method, url, body, token }: HttpLoad['requests'][number]): Request => {
  const { pathname, search } = new URL(url);
  return {
    method,
    path: pathname + search,
    headers: {
      ...(token !== undefined && { authorization: `Bearer ${token}` }),
      ...(body !== undefined && { 'content-type': 'application/json' }),
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  };
};

/** Autocannon looks only once a second whether it is done, so the last answer is what ends the run. */
const run = (options: Options): Promise<Result & { readonly elapsedMs: number }> =>
  new Promise((resolve, reject) => {
    const started = performance.now();
    let elapsedMs = 0;
    const instance = autocannon(options, (error: Error | null, result) => {
      if (error === null) resolve({ ...result, elapsedMs });
      else reject(error);
    });
    instance.on('response', () => (elapsedMs = performance.now() - started));
  });

/** Each connection gets requests of its own, and keeps their order. */
const asFastAsAnswered = async ({ requests, connections, seconds }: HttpLoad, origin: string): Promise<HttpFigures> => {
  const shares = Array.from({ length: connections }, (_, n) =>
    requests.filter((_request, index) => index % connections === n).map(toRequest),
  );
  const result = await run({
    url: origin,
    connections,
    setupClient: (client) => client.setRequests(shares.pop() ?? []),
    ...(seconds === undefined ? { amount: requests.length } : { duration: seconds }),
  });
  if (result.non2xx + result.errors + result.timeouts > 0) {
    const { errors, timeouts, statusCodeStats } = result;
    throw new Error(`not every request succeeded: ${JSON.stringify({ errors, timeouts, statusCodeStats })}`);
  }
  return {
    requests: result.requests.total,
    perSecond: (result.requests.total * 1000) / result.elapsedMs,
    p99Ms: result.latency.p99,
  };
};

type Paced = Pick<HttpLoad, 'requests' | 'connections'> & {
  readonly seconds: number;
  readonly requestsPerSecond: number;
};

/**
 * Each request at its time, whatever has become of those before: its own time counts from then on, also while it waits for a
 * connection. Autocannon sends what is due in a second at its beginning, all at once.
 */
const asScheduled = async (
  { requests, connections, seconds, requestsPerSecond }: Paced,
  origin: string,
): Promise<HttpFigures> => {
  const pool = new Pool(origin, { connections });
  const prepared = requests.map(toRequest);
  const times: number[] = [];
  const ask = async ({ method, path, headers, body }: Request, due: number): Promise<void> => {
    const answer = await pool.request({
      path: path ?? '/',
      method: method === 'POST' ? 'POST' : 'GET',
      headers: headers as Record<string, string>, // as `toRequest` made them
      body: body ?? null,
    });
    await answer.body.dump({ limit: 2 ** 26 });
    if (answer.statusCode >= 300) throw new Error(`a request was answered ${answer.statusCode}`);
    times.push(performance.now() - due);
  };
  const start = performance.now();
  const asked: Promise<void>[] = [];
  for (let n = 0; n < seconds * requestsPerSecond; n++) {
    const due = start + (n * 1_000) / requestsPerSecond;
    const early = due - performance.now();
    if (early > 1) await pause(early);
    const request = prepared[n % prepared.length];
    if (request !== undefined) asked.push(ask(request, due));
  }
  await Promise.all(asked);
  const elapsedMs = performance.now() - start;
  await pool.close();
  return {
    requests: times.length,
    perSecond: (times.length * 1_000) / elapsedMs,
    p99Ms: p99Of(times),
  };
};

answerLoad(async (load: HttpLoad): Promise<HttpFigures> => {
  const [first] = load.requests;
  if (first === undefined) throw new Error('there is nothing to ask');
  const { origin } = new URL(first.url);
  const { seconds, requestsPerSecond } = load;
  return seconds === undefined || requestsPerSecond === undefined
    ? asFastAsAnswered(load, origin)
    : asScheduled({ ...load, seconds, requestsPerSecond }, origin);
});

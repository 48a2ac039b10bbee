import autocannon, { type Options, type Request, type Result } from 'autocannon';
import { answerLoad } from '../support/load.ts';

export type HttpRequest = { readonly method: 'GET' | 'POST'; readonly url: string; readonly body?: object };

export type HttpLoad = {
  readonly requests: readonly (HttpRequest & { readonly token?: string })[];
  readonly connections: number;
  /** Runs through the requests again and again for so long; without it each is sent once. */
  readonly seconds?: number;
  /** All connections together. Default: each sends its next request when it has its answer. */
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
answerLoad(async ({ requests, connections, seconds, requestsPerSecond }: HttpLoad): Promise<HttpFigures> => {
  const [first] = requests;
  if (first === undefined) throw new Error('there is nothing to ask');
  const shares = Array.from({ length: connections }, (_, n) =>
    requests.filter((_request, index) => index % connections === n).map(toRequest),
  );
  const result = await run({
    url: new URL(first.url).origin,
    connections,
    setupClient: (client) => client.setRequests(shares.pop() ?? []),
    ...(seconds === undefined ? { amount: requests.length } : { duration: seconds }),
    ...(requestsPerSecond !== undefined && { overallRate: requestsPerSecond }),
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
});

import type { ApiDeps } from '../../src/http/api.ts';
import type { ConnectOptions } from '../../src/app/compose/http/index.ts';
import { startTestApi, type TestApi } from '../support/api.ts';

/** How long a read may wait for its read model or the next event, in milliseconds: none of the fuzzer's is worth seconds. */
const LONGEST_WAIT_MS = 20;

/** A day after what the things of the stock went through, so that they can still be returned. */
const NOW = new Date('2026-03-02T12:00:00Z');

/** The API to be fuzzed: nothing in it waits long for a worker that is not there. */
export const startFuzzedApi = (
  options: Partial<ConnectOptions> = {},
  adjust: (deps: ApiDeps) => ApiDeps = (deps) => deps,
): Promise<TestApi> =>
  startTestApi({
    options: { outcomeTimeoutMs: 0, ...options },
    adjust: (deps) =>
      adjust({
        ...deps,
        feed: {
          ...deps.feed,
          readFeed: (query) => deps.feed.readFeed({ ...query, waitMs: Math.min(query.waitMs, LONGEST_WAIT_MS) }),
        },
        kernel: {
          ...deps.kernel,
          now: () => NOW,
          waitForReadModels: (names, position) => deps.kernel.waitForReadModels(names, position, LONGEST_WAIT_MS),
        },
      }),
  });

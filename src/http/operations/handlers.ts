import { bind, type Bound } from '../server/route.ts';
import { operationsSpecs } from './routes.ts';
import type { PART_STATES } from './schemas.ts';

/** State of one part that the server depends on. */
export type PartHealth = {
  readonly name: string;
  readonly state: (typeof PART_STATES)[number];
  readonly latency_ms: number;
  /** The reason, without secrets. */
  readonly reason?: string;
  /** Of projections and messages. */
  readonly lag?: { readonly events: number; readonly seconds: number };
};

export type OperationsDeps = {
  readonly version: string;
  /** Looks at every part; never throws. */
  readonly checkParts: () => Promise<readonly PartHealth[]>;
};

export const bindOperations = ({ version, checkParts }: OperationsDeps): Bound<typeof operationsSpecs> =>
  bind(operationsSpecs, {
    welcome: {
      handle: () =>
        Promise.resolve({
          status: 200,
          body: { message: 'Waybill: orders, returns and their documents', version, docs: '/docs' },
        }),
    },
    health: { handle: () => Promise.resolve({ status: 200, body: { status: 'healthy' } }) },
    live: { handle: () => Promise.resolve({ status: 200, body: { status: 'alive' } }) },
    ready: {
      handle: async () => {
        const parts = await checkParts();
        const isReady = parts.every(({ state }) => state !== 'down');
        const isDegraded = parts.some(({ state }) => state === 'degraded');
        const status = isDegraded ? 'degraded' : 'ready';
        return { status: isReady ? 200 : 503, body: { status: isReady ? status : 'unavailable', parts } };
      },
    },
  });

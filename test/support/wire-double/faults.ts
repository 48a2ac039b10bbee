import { setTimeout as delay } from 'node:timers/promises';
import type { status } from '@grpc/grpc-js';

export type Rpc = 'append' | 'batch' | 'read' | 'subscribe' | 'delete' | 'features';

export type FaultAction =
  /** Never goes on: before a commit the call is stuck, after it the reply is lost. */
  | 'hang'
  /** Every connection is cut. */
  | 'cut'
  /** The call ends with OK, having answered nothing (more). */
  | 'end'
  /** Of a subscription: goes on, but delivers nothing any more. */
  | 'mute'
  /** Of a subscription: every event is delivered twice. */
  | 'twice'
  | { readonly delayMs: number }
  /** Of an append in a batch: this one is answered so, and the call goes on. */
  | 'timeout'
  | 'busy'
  /** A gRPC status code, with trailers. */
  | { readonly code: status; readonly trailers?: Readonly<Record<string, string>> };

export type Fault = {
  readonly rpc: Rpc;
  readonly action: FaultAction;
  /** Only for this stream. Default: any. */
  readonly stream?: string;
  /** Default `before` (the commit, the first answer). */
  readonly when?: 'before' | 'after';
  /** Of a subscription: once it has delivered this many events. Default 0. */
  readonly afterEvents?: number;
  /** How often it strikes. Default 1. */
  readonly times?: number;
};

export type Site = {
  readonly rpc: Rpc;
  readonly stream: string;
  readonly when: 'before' | 'after';
  readonly delivered?: number;
};

/** The fault hooks: what shall go wrong, and how often it still will. */
export const createFaults = (cutConnections: () => void) => {
  const armed = new Set<{ readonly fault: Fault; left: number }>();

  const strike = (site: Site): FaultAction | undefined => {
    for (const entry of armed) {
      const { rpc, stream = site.stream, when = 'before', afterEvents = 0 } = entry.fault;
      if (rpc !== site.rpc || stream !== site.stream || when !== site.when) continue;
      if ((site.delivered ?? 0) < afterEvents) continue;
      entry.left -= 1;
      if (entry.left <= 0) armed.delete(entry);
      return entry.fault.action;
    }
    return undefined;
  };

  return {
    arm: (fault: Fault): void => {
      armed.add({ fault, left: fault.times ?? 1 });
    },
    clear: (): void => armed.clear(),
    /** Suffers what is armed for this place. Answers what the call itself has to act on. */
    pass: async (site: Site): Promise<Exclude<FaultAction, { readonly delayMs: number }> | undefined> => {
      const action = strike(site);
      if (action === undefined) return undefined;
      if (action === 'cut') cutConnections();
      if (typeof action === 'object' && 'delayMs' in action) {
        await delay(action.delayMs, undefined, { ref: false });
        return undefined;
      }
      return action;
    },
  };
};

export type Faults = ReturnType<typeof createFaults>;

import { LRUCache } from 'lru-cache';
import type { Revision, StoredEvent } from '../event-store/port.ts';
import type { Held, Lease } from './leases.ts';

/** After this many failures in a row, no new event is sent until one is accepted again. */
const FAILING_AFTER = 5;
/** When this many streams are held at once, no new event is sent. */
const MOST_HELD = 1_000;
const REMEMBERED = 10_000;

/**
 * Where an endpoint stands, as its one worker knows it: which streams are held, what the feed has passed over because
 * of that, and what was sent of them beyond it. The worker that may have to go on is woken.
 */
export const createEndpointState = ({ isFailing }: Lease, heldBefore: readonly Held[]) => {
  const held = new Map(heldBefore.map((one) => [one.stream, one]));
  const aboutToBeHeld = new Set<string>();
  const passed = new Map<string, Revision>();
  const sentAhead = new LRUCache<string, { readonly revision: Revision }>({ max: REMEMBERED });
  let failures = isFailing ? FAILING_AFTER : 0;
  let wake = new AbortController();

  const changed = (): void => {
    wake.abort();
    wake = new AbortController();
  };

  return {
    held: () => [...held.values()],
    /** Aborted at the next change. */
    nextChange: () => wake.signal,
    mayBegin: (): boolean => {
      const waiting = held.size + aboutToBeHeld.size;
      return waiting === 0 || (failures < FAILING_AFTER && waiting < MOST_HELD);
    },
    isFailing: () => failures >= FAILING_AFTER,
    /** Whether the feed leaves an event out: its stream is held, or it was sent already. */
    passes: ({ stream, revision }: StoredEvent): boolean => {
      if (held.has(stream) || aboutToBeHeld.has(stream)) {
        passed.set(stream, revision);
        return true;
      }
      return (sentAhead.get(stream)?.revision ?? -1n) >= revision;
    },
    /** From now on the feed leaves its stream out; it is tried again once that is written down, which `hold` says. */
    willHold: ({ stream }: Held): void => void aboutToBeHeld.add(stream),
    hold: (one: Held): void => {
      aboutToBeHeld.delete(one.stream);
      held.set(one.stream, one);
      changed();
    },
    /** Lets a stream go, of which everything before this revision was sent; false: the feed has passed over more. */
    release: (stream: string, next: Revision): boolean => {
      const seen = passed.get(stream) ?? -1n;
      if (seen >= next) return false;
      held.delete(stream);
      passed.delete(stream);
      if (seen < next - 1n) sentAhead.set(stream, { revision: next - 1n });
      changed();
      return true;
    },
    /** True: it was failing, and is back. */
    accepted: (at: number): boolean => {
      const wasFailing = failures >= FAILING_AFTER;
      failures = 0;
      if (wasFailing) for (const one of held.values()) held.set(one.stream, { ...one, nextTryAt: at });
      if (wasFailing) changed();
      return wasFailing;
    },
    failed: (): void => {
      failures += 1;
    },
  };
};

export type EndpointState = ReturnType<typeof createEndpointState>;

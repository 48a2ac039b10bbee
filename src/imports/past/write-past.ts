import type { Codec } from '../../event-store/codec.ts';
import { isOutage } from '../../event-store/outage.ts';
import { WrongExpectedRevision, type EventStore, type NewEvent } from '../../event-store/port.ts';
import { createBackoff, sleep } from '../../platform/backoff.ts';
import { IMPORT, type PastOrder, type PastStream } from './past-order.ts';

export type WritePastDeps = {
  readonly store: Pick<EventStore, 'append' | 'readStream'>;
  readonly codec: Pick<Codec, 'encode'>;
  /** Where the orders come from: it decides the ids of their events. */
  readonly source: string;
};

/** `known`: it was written before and is not changed. */
export type Written = { readonly outcome: 'written' | 'known'; readonly events: number };

/** The stream of an order exists and is not from this import. */
export class OtherStream extends Error {
  override readonly name = 'OtherStream';
}

/** How often a write is tried while the database is unavailable: about half a minute. */
const MOST_TRIES = 12;

/** Repeats a write while the database is unavailable. */
export const despiteOutages = async <T>(write: () => Promise<T>): Promise<T> => {
  const backoff = createBackoff({ minMs: 100, maxMs: 5_000 });
  for (let attempt = 1; ; attempt++) {
    try {
      return await write();
    } catch (error) {
      if (!isOutage(error) || attempt === MOST_TRIES) throw error;
      await sleep(backoff.nextDelayMs());
    }
  }
};

/** Writes orders of the past as events that are marked as imported: no process follows from them. */
export const createWritePast = ({ store, codec, source }: WritePastDeps) => {
  /** Each step happened at its own time, so each is a command of its own. */
  const encode = async (
    { stream, steps }: PastStream,
    customerId: string,
    run: string,
  ): Promise<readonly NewEvent[]> => {
    const encoded: NewEvent[] = [];
    let previousHash: string | null = null;
    for (const [index, { at, by = IMPORT, events }] of steps.entries()) {
      const command_id = `import/${stream}/${index}`;
      const some = await codec.encode({
        stream,
        events,
        context: {
          command_id,
          actor: by,
          correlation_id: run,
          causation_id: command_id,
          at,
          imported: true,
        },
        revision: BigInt(encoded.length),
        previousHash,
        customerId,
      });
      encoded.push(...some.map(({ stored }) => stored));
      previousHash = some.at(-1)?.metadata.hash ?? previousHash;
    }
    return encoded;
  };

  /**
   * Written as a whole or not at all, and only once: the ids of the events show whether an existing stream is from this
   * import.
   */
  const append = async (stream: string, events: readonly NewEvent[]): Promise<Written['outcome']> => {
    try {
      await store.append(stream, events, 'no_stream');
      return 'written';
    } catch (error) {
      if (!(error instanceof WrongExpectedRevision)) throw error;
      const [first] = await store.readStream(stream, { limit: 1 });
      if (first?.id === events[0]?.id) return 'known';
      throw new OtherStream(`${stream} exists and was not imported from ${source}`, { cause: error });
    }
  };

  /** An earlier write of the same order, complete or partial, is found and completed. `run`: the correlation id. */
  return async ({ customer_id, order, beside }: PastOrder, run: string): Promise<Written> => {
    const encoded = await Promise.all(
      [...beside, order].map(async (one) => [one.stream, await encode(one, customer_id, run)] as const),
    );
    const others = encoded.slice(0, -1).filter(([, events]) => events.length > 0);
    // The order is written last: if it exists, everything of it exists.
    await Promise.all(others.map(([stream, events]) => append(stream, events)));
    const [stream, events] = encoded.at(-1) ?? [order.stream, []];
    const outcome = await append(stream, events);
    const count = encoded.reduce((sum, [, written]) => sum + written.length, 0);
    return { outcome, events: outcome === 'known' ? 0 : count };
  };
};

export type WritePast = ReturnType<typeof createWritePast>;

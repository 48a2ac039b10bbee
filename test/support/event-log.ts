import { randomUUID } from 'node:crypto';
import type { DomainEvent } from '../../src/domain/events.ts';
import { createCodec, type Codec, type EventContext } from '../../src/event-store/codec.ts';
import { openMemoryEventStore } from '../../src/event-store/memory.ts';
import type { EventStore, Position } from '../../src/event-store/port.ts';
import { orderStream } from '../../src/event-store/stream-names.ts';
import type { DataKeys } from '../../src/platform/data-keys.ts';
import { memoryDataKeys } from './memory-data-keys.ts';
import { context } from './orders.ts';

type AppendOptions = Partial<EventContext> & { readonly customerId?: string; readonly recordedAt?: string };

export type EventLog = {
  readonly store: EventStore;
  readonly codec: Codec;
  /** Appends to the stream of an order as a command would, and answers the position of the last event. */
  readonly append: (order: string, events: readonly DomainEvent[], more?: AppendOptions) => Promise<Position>;
  /** The same for any stream. */
  readonly appendTo: (stream: string, events: readonly DomainEvent[], more?: AppendOptions) => Promise<Position>;
};

type Last = { readonly revision: bigint; readonly hash: string };

/** A log to project from: an event store (in memory unless given) and the codec, without the rules of the domain. */
export const openEventLog = (
  store: EventStore = openMemoryEventStore(),
  keys: DataKeys = memoryDataKeys(),
): EventLog => {
  let now = 0; // an event is recorded when it happens, unless said otherwise
  const codec = createCodec(keys, () => now);
  const last = new Map<string, Last>();
  const appendTo: EventLog['appendTo'] = async (stream, events, { customerId = 'c-1', recordedAt, ...more } = {}) => {
    const before = last.get(stream);
    const said = context({ command_id: randomUUID(), ...more });
    now = Date.parse(recordedAt ?? said.at);
    const encoded = await codec.encode({
      stream,
      events,
      context: said,
      revision: before === undefined ? 0n : before.revision + 1n,
      previousHash: before?.hash ?? null,
      customerId,
    });
    const { revision, position } = await store.append(
      stream,
      encoded.map(({ stored }) => stored),
      before?.revision ?? 'no_stream',
    );
    last.set(stream, { revision, hash: encoded.at(-1)?.metadata.hash ?? '' });
    return position;
  };
  return {
    store,
    codec,
    append: (order, events, more) => appendTo(orderStream(order), events, more),
    appendTo,
  };
};

import { createHmac } from 'node:crypto';
import type { DrawNumber } from '../commands/index.ts';
import type { DomainEvent } from '../domain/events.ts';
import type { Codec } from '../event-store/codec.ts';
import { isOutage } from '../event-store/outage.ts';
import { WrongExpectedRevision, type EventStore, type NewEvent } from '../event-store/port.ts';
import { orderStream, paymentStream } from '../event-store/stream-names.ts';
import { createBackoff, sleep } from '../platform/backoff.ts';
import { historyOf, importedIds, type Step } from './orders/history.ts';
import type { ImportedOrder } from './orders/imported-order.ts';

export type WriteDeps = {
  readonly store: Pick<EventStore, 'append' | 'readStream'>;
  readonly codec: Pick<Codec, 'encode'>;
  readonly drawNumber: DrawNumber;
  /** Replaces the e-mail address in the id of a customer who has no other id. */
  readonly emailToken: (email: string) => string;
};

/** `known`: it was imported before and is not changed. */
export type Written = { readonly outcome: 'written' | 'known'; readonly events: number };

/** The stream of an order exists and is not from this import. */
export class OtherStream extends Error {
  override readonly name = 'OtherStream';
}

const TOKEN_CHARACTERS = 32;

/**
 * The same address gives the same token, and without the key of the search index the address cannot be found from it.
 * The token differs from those of search words, so that the index does not lead to the customer.
 */
export const emailTokens =
  (key: Uint8Array): WriteDeps['emailToken'] =>
  (email) =>
    createHmac('sha256', key)
      .update(`imported customer ${email.normalize('NFKC').trim().toLowerCase()}`)
      .digest('hex')
      .slice(0, TOKEN_CHARACTERS);

/** A customer is identified by their own id, else by their e-mail address, else by this order. */
const customerOf = (
  { customer_id, customer_email, number }: ImportedOrder,
  source: string,
  emailToken: WriteDeps['emailToken'],
): string => {
  if (customer_id !== null) return customer_id;
  return customer_email === null ? `${source}:guest:${number}` : `${source}:${emailToken(customer_email)}`;
};

/** How often an order is tried while the database is unavailable: about half a minute. */
const MOST_TRIES = 12;

export const createWriteOrder = ({ store, codec, drawNumber, emailToken }: WriteDeps, source: string) => {
  type Stream = {
    readonly stream: string;
    readonly steps: readonly Step<DomainEvent>[];
    readonly customerId: string;
    readonly commandId: (stream: string, step: number) => string;
    readonly run: string;
  };

  /** Each step happened at its own time, so each is a command of its own. */
  const encode = async ({ stream, steps, customerId, commandId, run }: Stream): Promise<readonly NewEvent[]> => {
    const encoded: NewEvent[] = [];
    let previousHash: string | null = null;
    for (const [index, { at, events }] of steps.entries()) {
      const command_id = commandId(stream, index);
      const some = await codec.encode({
        stream,
        events,
        context: {
          command_id,
          actor: { id: 'import', role: 'system' },
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

  const writeOnce = async (imported: ImportedOrder, run: string): Promise<Written> => {
    const { order_id, payment_id, commandId } = importedIds(source, imported.number);
    const customer_id = customerOf(imported, source, emailToken);
    const { created_at, paid_at, captured } = imported;
    const [order_number, payment_number] = await Promise.all([
      drawNumber('order', created_at, order_id),
      captured === 0 ? '' : drawNumber('payment', paid_at, payment_id),
    ]);
    const history = historyOf(imported, { source, customer_id, order_number, payment_number });
    const common = { customerId: customer_id, commandId, run };
    const payment = await encode({ stream: paymentStream(payment_id), steps: history.payment, ...common });
    const order = await encode({ stream: orderStream(order_id), steps: history.order, ...common });
    // The order is written last: if it exists, everything of it exists.
    if (payment.length > 0) await append(paymentStream(payment_id), payment);
    const outcome = await append(orderStream(order_id), order);
    return { outcome, events: outcome === 'known' ? 0 : payment.length + order.length };
  };

  /** Writes a past order. An earlier import, complete or partial, is found and completed. */
  return async (imported: ImportedOrder, run: string): Promise<Written> => {
    const backoff = createBackoff({ minMs: 100, maxMs: 5_000 });
    for (let attempt = 1; ; attempt++) {
      try {
        return await writeOnce(imported, run);
      } catch (error) {
        if (!isOutage(error) || attempt === MOST_TRIES) throw error;
        await sleep(backoff.nextDelayMs());
      }
    }
  };
};

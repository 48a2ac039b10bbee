import { Type } from '@sinclair/typebox';
import type { Codec } from '../event-store/codec.ts';
import type { EventStore } from '../event-store/port.ts';
import { isImported, type Recorded } from '../event-store/recorded.ts';
import { sleep } from '../platform/backoff.ts';
import type { InFlight } from '../platform/in-flight.ts';
import type { Job } from '../jobs/queue.ts';
import { mapAtMost } from '../platform/map-at-most.ts';
import { MAIL_KINDS, type MessageKind } from './kinds.ts';
import type { DueMessage, NewMessage, Outbox } from './outbox/outbox.ts';
import { openHistory } from './stream-cache.ts';
import { messageOf, type MessageDeps } from './message.ts';
import { attempt } from './delivery-attempt.ts';
import { DEFAULT_PACE, type Throttle } from './throttle.ts';
import { MESSAGE_EVENTS, messagesOf } from './triggers.ts';
import { defineThingProcess } from '../processes/engine/process.ts';

type SendMessagesJob = Job<'send-messages'>;

export type SendMessagesDeps = MessageDeps & {
  readonly store: EventStore;
  readonly codec: Codec;
  readonly outbox: Outbox;
  /** An erasure waits for what is being written. */
  readonly keyUse: Pick<InFlight, 'during'>;
  readonly enqueue: (job: SendMessagesJob) => Promise<void>;
  /** For tests. */
  readonly pace?: Partial<Throttle>;
};

/** A worker that is to stop waits for it. */
const LONGEST_REST_MS = 2_000;

/** Kinds that go out by the same way. */
const sameWay = (kind: MessageKind): readonly MessageKind[] => (kind === 'notification' ? [kind] : MAIL_KINDS);

/** Messages about one order go out one after the other. */
const byOrder = (due: readonly DueMessage[]): readonly (readonly DueMessage[])[] => {
  const orders = new Map<string, DueMessage[]>();
  for (const message of due) orders.set(message.order_id, [...(orders.get(message.order_id) ?? []), message]);
  return [...orders.values()];
};

/** Preparing waits for the database now and then; more at once would only wait for each other. */
const PREPARED_AT_ONCE = 8;

const sendMessages = async (deps: SendMessagesDeps): Promise<void> => {
  const { store, codec, outbox, mailer, keyUse, enqueue } = deps;
  const pace = { ...DEFAULT_PACE, ...deps.pace };

  const draft = async (recorded: Recorded, history = openHistory(deps)): Promise<readonly NewMessage[]> => {
    const drafts = messagesOf(recorded.fact.type).map(async (kind): Promise<readonly NewMessage[]> => {
      const outgoing = await messageOf(deps, { history, recorded, isLater: false }, kind);
      if (outgoing === undefined) return [];
      const { id, order_id, customer_id, to, subject } = outgoing;
      const { stream, revision, position } = recorded;
      const outcome = outgoing.isRepeatable
        ? (await attempt(outgoing, 0, pace.retryDelaysMs)).outcome
        : ({ status: 'waiting', reason: null, delay_ms: 0 } as const);
      return [
        {
          ...{ id, kind, order_id, customer_id, to, subject, stream, revision, position, outcome },
          at: recorded.fact.at,
        },
      ];
    });
    return (await Promise.all(drafts)).flat();
  };

  /** Answers whether every event of the log is noted. */
  const takeIn = async (until: number): Promise<boolean> => {
    let from = await outbox.position();
    for (;;) {
      const begun = performance.now();
      const batch = await store.readAll({ after: from, limit: pace.batch, prefixes: notifyCustomers.prefixes });
      const notifying = batch.events.filter((event) => messagesOf(event.type).length > 0 && !isImported(event));
      const at = { from, to: batch.position };
      const isNoted = await keyUse.during(async () => {
        const events = await codec.decode(notifying);
        const messages = (await mapAtMost(PREPARED_AT_ONCE, events, (recorded) => draft(recorded))).flat();
        return at.from === at.to || outbox.note(at, messages);
      });
      if (!isNoted) return false;
      if (batch.caughtUp) return true;
      // Behind means that there is much to do: messages wait, so that those who are waiting for an answer need not.
      await sleep(Math.min(LONGEST_REST_MS, (performance.now() - begun) * pace.restPerWork));
      if (Date.now() > until) return false;
      from = at.to;
    }
  };

  const sendDue = async ({ id, kind, stream, revision, attempts }: DueMessage): Promise<boolean> => {
    const [recorded] = await codec.decode(await store.readStream(stream, { from: revision, limit: 1 }));
    const outgoing = recorded && (await messageOf(deps, { history: openHistory(deps), recorded, isLater: true }, kind));
    if (outgoing === undefined) {
      await outbox.mark({ id, outcome: { status: 'failed', reason: 'there is no recipient any more' } });
      return false;
    }
    const { outcome, isAway } = await attempt(outgoing, attempts, pace.retryDelaysMs);
    await outbox.mark({ id, outcome });
    return isAway;
  };

  /** Answers whether a service that takes messages is away. */
  const sendAllDue = async (until: number): Promise<boolean> => {
    const away = new Set<MessageKind>();
    while (Date.now() <= until) {
      const due = await outbox.claim({ limit: pace.claim, leaseMs: pace.leaseMs, except: [...away] });
      if (due.length === 0) break;
      await mapAtMost(pace.atOnce, byOrder(due), async (messages) => {
        for (const message of messages)
          // What was claimed and is not tried comes again when its lease is over.
          if (!away.has(message.kind) && (await keyUse.during(() => sendDue(message))))
            for (const kind of sameWay(message.kind)) away.add(kind);
      });
    }
    return away.size > 0;
  };

  const until = Date.now() + pace.runMs;
  try {
    const isAllNoted = await takeIn(until);
    const isAway = await sendAllDue(until);
    const nextMs = await outbox.nextDueInMs();
    if (nextMs !== undefined) await enqueue(inMs(Math.max(nextMs, isAway ? pace.awayMs : 0)));
    if (!isAllNoted) await enqueue(notifyCustomers.job({}));
  } finally {
    mailer.close();
  }
};

/** A key of its own, so that a later time never puts off what is wanted now. */
const inMs = (ms: number): SendMessagesJob => ({
  ...notifyCustomers.job({}),
  key: 'send-messages-later',
  run_at: new Date(Date.now() + ms).toISOString(),
});

/**
 * Tells customers what happened. Takes the log from where it left off: each event is noted as messages, with the place
 * up to which they were, in one statement. What leaves one however often it is sent is sent first and noted as done;
 * the rest is noted as waiting, claimed, sent and marked, so that a crash sends a message twice at most, under one id.
 *
 * One job for all messages: however many events ask for it, one waits, and one runs at a time. All other work goes first.
 */
export const notifyCustomers = defineThingProcess({
  name: 'send-messages',
  on: MESSAGE_EVENTS,
  payload: Type.Object({}),
  queue: 'messages',
  priority: 10,
  ask: () => ({}),
  run: (_, deps: SendMessagesDeps) => sendMessages(deps),
});

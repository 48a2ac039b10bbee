import { PROCESS_STEPS, stepBetween, streamsOfOrder, SYSTEM } from '../../commands/index.ts';
import { sentenceOf } from '../../domain/sentences.ts';
import { isErased } from '../../domain/shared/decider.ts';
import { remarkOf } from '../../domain/shared/history.ts';
import type { Codec } from '../../event-store/codec.ts';
import type { EventStore, StoredEvent } from '../../event-store/port.ts';
import type { Recorded } from '../../event-store/recorded.ts';
import { returnStream } from '../../event-store/stream-names.ts';
import { mapAtMost } from '../../platform/map-at-most.ts';
import { loadOrder, type FindOrderDeps, type FoundOrder } from '../orders/find-order.ts';
import { nextLink } from '../server/paging.ts';
import { bind, type Bound } from '../server/route.ts';
import { timelineSpecs } from './routes.ts';
import { TIMELINE_KINDS } from './schemas.ts';

export type TimelineDeps = FindOrderDeps & {
  readonly store: Pick<EventStore, 'readStream'>;
  readonly decode: Codec['decode'];
  /** Also of payments that the order has not heard of. */
  readonly paymentIdsOf: (orderId: string) => Promise<readonly string[]>;
};

const STREAMS_AT_ONCE = 8;
const DEFAULT_LIMIT = 100;

/** Every stored event of an order, its returns, payments and documents, in the order of the log. */
const readAll = async ({ store, paymentIdsOf }: TimelineDeps, { id, order }: FoundOrder) => {
  const streams = streamsOfOrder(id, order, await paymentIdsOf(id));
  const read = await mapAtMost(STREAMS_AT_ONCE, streams, (name) => store.readStream(name));
  return read.flat().toSorted((a, b) => (a.position < b.position ? -1 : 1));
};

/** Events of another order that this one follows from: of the return that was exchanged for it. */
const readCausesElsewhere = ({ store }: TimelineDeps, { order }: FoundOrder): Promise<readonly StoredEvent[]> =>
  order.exchange_of === undefined ? Promise.resolve([]) : store.readStream(returnStream(order.exchange_of.return_id));

const byId = <E extends { readonly id: string }>(events: readonly E[]): ReadonlyMap<string, E> =>
  new Map(events.map((event) => [event.id, event]));

const placeOf = ({ id, stream, revision, position, fact }: Recorded) => ({
  id,
  type: fact.type,
  stream,
  revision: String(revision),
  position: String(position),
  at: fact.at,
});

const requestBody = ({ metadata }: Recorded) => {
  const { personal, causation_id: id, recorded_at: at, actor } = metadata;
  const origin = personal === undefined || isErased(personal) ? {} : personal;
  return { id, at, actor, ip: origin.ip ?? null, user_agent: origin.user_agent ?? null };
};

/** Why an event happened, said in full: the request, or the event and the process that acted on it. */
const causeBody = (recorded: Recorded, causes: ReadonlyMap<string, Recorded>, currency: string) => {
  const { actor, causation_id, correlation_id } = recorded.metadata;
  const cause = causes.get(causation_id);
  if (cause !== undefined) {
    const sentence = sentenceOf(cause.fact, currency);
    const step = stepBetween(cause, recorded);
    const processName = step && PROCESS_STEPS[step];
    return {
      kind: 'event',
      sentence: `It follows from: ${sentence}`,
      ...(processName !== undefined && { process: processName }),
      event: { ...placeOf(cause), sentence },
    };
  }
  if (recorded.metadata.imported === true)
    return { kind: 'import', sentence: 'It was imported as history of another system.' };
  if (causation_id === correlation_id && actor.id === SYSTEM.id)
    return { kind: 'schedule', sentence: 'A scheduled run moved the order.' };
  if (causation_id === correlation_id)
    return {
      kind: 'request',
      sentence: `A request of ${actor.id} (${actor.role}).`,
      request: requestBody(recorded),
    };
  return { kind: 'unknown', sentence: 'Its cause is not among the events of the order.' };
};

/** Their notes describe what was created, and are no reason. */
const CREATIONS: ReadonlySet<string> = new Set(['OrderPlaced', 'ReturnOpened', 'ReturnInitiated', 'PaymentInitiated']);

/** The text that was said to an event, otherwise its reason as a word. */
const reasonOf = ({ fact: { type, data } }: Recorded): string | null => {
  if (CREATIONS.has(type)) return null;
  const remark = remarkOf(data);
  if (remark !== null) return remark;
  if ('failure_reason' in data) return data.failure_reason;
  return 'reason_category' in data ? data.reason_category : null;
};

const kindOf = ({ stream }: Recorded) => TIMELINE_KINDS.find((kind) => stream.startsWith(`${kind}-`)) ?? 'order';

const entryBody = (recorded: Recorded, causes: ReadonlyMap<string, Recorded>, currency: string) => ({
  ...placeOf(recorded),
  kind: kindOf(recorded),
  sentence: sentenceOf(recorded.fact, currency),
  actor: recorded.metadata.actor,
  reason: reasonOf(recorded),
  correlation_id: recorded.metadata.correlation_id,
  cause: causeBody(recorded, causes, currency),
});

const idOfCause = ({ metadata: { causation_id } }: StoredEvent): string =>
  typeof causation_id === 'string' ? causation_id : '';

export const bindTimeline = (deps: TimelineDeps): Bound<typeof timelineSpecs> =>
  bind(timelineSpecs, {
    getOrderTimeline: {
      load: loadOrder(deps),
      handle: async ({ subject, query: { correlation_id, cursor = '0', limit = DEFAULT_LIMIT }, path, search }) => {
        const all = await readAll(deps, subject);
        const wanted = all.filter(
          ({ position, metadata }) =>
            position > BigInt(cursor) &&
            (correlation_id === undefined || metadata['correlation_id'] === correlation_id),
        );
        const page = wanted.slice(0, limit);
        const known = byId([...(await readCausesElsewhere(deps, subject)), ...all]);
        const causes = [...new Set(page.map(idOfCause))].flatMap((id) => known.get(id) ?? []);
        const { currency } = subject.order;
        const opened = byId(await deps.decode(causes, { personal: false }));
        const events = await deps.decode(page);
        const last = page.at(-1);
        return {
          status: 200,
          body: events.map((event) => entryBody(event, opened, currency)),
          headers:
            last !== undefined && wanted.length > limit
              ? { Link: nextLink(path, search, { cursor: String(last.position) }) }
              : {},
        };
      },
    },
  });

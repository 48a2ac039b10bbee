import { v7 as uuidv7 } from 'uuid';
import {
  ReadModelsBehind,
  type Certificate,
  type Erasure,
  type ErasureSurvey,
  type NewErasure,
} from '../../privacy/index.ts';
import { notFound, problem } from '../server/problem.ts';
import type { Reply, RequestFacts } from '../server/route.ts';
import type { EraseBody } from './schemas.ts';

/** What erasures are asked for with. */
export type Erasing = {
  /** What belongs to a customer; undefined: nothing is known of such a customer. */
  readonly survey: (customer_id: string) => Promise<ErasureSurvey | undefined>;
  /** Asks for an erasure, and does not wait for its end. Answers the one that is in progress, if there is one. */
  readonly erase: (erasure: NewErasure) => Promise<Erasure>;
  readonly find: (id: string) => Promise<Erasure | undefined>;
  /** Undefined: it is not done. */
  readonly certify: (erasure: Erasure) => Promise<Certificate | undefined>;
};

/** Erases the customer of an order. */
export type EraseOwner = (
  request: Pick<RequestFacts, 'caller' | 'context' | 'repeatable'> & {
    readonly order_id: string;
    /** For the records: without personal data. */
    readonly reason: string;
    /** The caller knows that the customer has other orders. */
    readonly allOrders: boolean;
  },
) => Promise<Reply>;

/** The read models that name what belongs to a customer must not miss anything. */
export const caughtUp = <T>(reading: Promise<T>): Promise<T> =>
  reading.catch((error: unknown) => {
    if (!(error instanceof ReadModelsBehind)) throw error;
    const detail = 'The read models have not caught up with the log, so something could be missed. Try again shortly.';
    throw problem('read_model.behind', detail, { headers: { 'Retry-After': '2' } });
  });

export const surveyOf = async ({ survey }: Erasing, customer_id: string): Promise<ErasureSurvey> => {
  const found = await caughtUp(survey(customer_id));
  if (found === undefined) throw notFound('customer');
  return found;
};

export const erasureBody = async ({ certify }: Erasing, erasure: Erasure) => {
  const { record, destroy, acknowledge, delete: deleted, search, look_again } = erasure.steps;
  const { id, customer_id, state, mode, reason, requested_by, requested_at, finished_at, failure, open_business } =
    erasure;
  return {
    ...{ id, customer_id, state, mode, reason, requested_by, requested_at, finished_at, failure, open_business },
    steps: {
      ...(record && { record: { at: record.at } }),
      ...(destroy && { destroy: { at: destroy.at } }),
      ...(acknowledge && { acknowledge }),
      ...(deleted && { delete: { at: deleted.at, files: deleted.files } }),
      ...(search && { search }),
      ...(look_again && {
        look_again: { at: look_again.at, streams: look_again.streams, events: look_again.events },
      }),
    },
    late_events: look_again?.late ?? [],
    certificate: state === 'done' ? ((await certify(erasure)) ?? null) : null,
  };
};

/** Other orders that an answer names. */
const MOST_NAMED = 100;

type Asked = Pick<RequestFacts, 'caller' | 'context' | 'repeatable'> & { readonly body: EraseBody };

export const erase = async (
  deps: Erasing,
  { customer_id, survey }: { readonly customer_id: string; readonly survey: ErasureSurvey },
  { caller, context, repeatable, body: { reason, mode = 'now' } }: Asked,
): Promise<Reply> => {
  const { open_business } = survey;
  if (open_business.length > 0 && mode === 'now') {
    const detail =
      'Some business with this customer is not finished; see open_business. Finish it, or send mode: when_settled.';
    throw problem('erase.open_business', detail, { facts: { open_business: [...open_business] } });
  }
  const id = repeatable ? context.command_id : uuidv7();
  const erasure = await deps.erase({
    id,
    customer_id,
    reason,
    mode,
    requested_by: caller.id,
    requested_role: caller.role,
  });
  return { status: 202, body: await erasureBody(deps, erasure), keepsBody: true };
};

/** Erases the customer of an order; other orders of the same customer must be meant, too. */
export const createEraseOwner =
  (deps: Erasing, customerOf: (order_id: string) => Promise<string>): EraseOwner =>
  async ({ order_id, reason, allOrders, ...request }) => {
    const customer_id = await customerOf(order_id);
    const survey = await surveyOf(deps, customer_id);
    const others = survey.orders.filter((id) => id !== order_id);
    if (others.length > 0 && !allOrders) {
      const detail =
        'All orders of a customer are sealed with one key, and this customer has others. Send all_orders=true to erase all of them.';
      throw problem('erase.other_orders', detail, { facts: { other_orders: others.slice(0, MOST_NAMED) } });
    }
    return erase(deps, { customer_id, survey }, { ...request, body: { reason } });
  };

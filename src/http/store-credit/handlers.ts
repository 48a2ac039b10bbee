import {
  storeCreditIdOf,
  wasRejected,
  type AsOf,
  type ReadStream,
  type StoreCreditCommands,
} from '../../commands/index.ts';
import { toMajor } from '../../domain/shared/amount-notation.ts';
import { storeCreditDecider, type StoreCredit } from '../../domain/store-credit/index.ts';
import { storeCreditStream } from '../../event-store/stream-names.ts';
import { demandImpersonalId } from '../orders/input.ts';
import { notFound } from '../server/problem.ts';
import { CommandRejected } from '../server/command-rejected.ts';
import { bind, type Bound, type Replay, type Reply } from '../server/route.ts';
import { withoutNull } from '../server/without-null.ts';
import { storeCreditSpecs } from './routes.ts';

/** What the store credit handlers work with. */
export type StoreCreditDeps = {
  readonly commands: Pick<StoreCreditCommands, 'adjust'>;
  readonly readStream: ReadStream;
  /** Whether an id of a customer may be an e-mail address or a telephone number. Default: false. */
  readonly customerIdMayBePersonal?: boolean;
  readonly findStoreCreditIds: (customer_id: string) => Promise<readonly string[]>;
};

/** A balance may be years old: an answer shows its newest entries. */
const MAX_ENTRIES = 200;

/** A balance with its newest entries. */
export const storeCreditBody = ({ currency, balance, entries }: StoreCredit, most = MAX_ENTRIES) => {
  if (currency === null) throw new Error('store credit without an entry');
  const newest = entries.slice(-most).reverse();
  return {
    currency,
    balance: toMajor(balance, currency),
    entries: newest.map(({ amount, kind, order_id, return_id, at }) => ({
      amount: toMajor(amount, currency),
      kind,
      ...(order_id !== null && { order_id }),
      ...(return_id !== null && { return_id }),
      at,
    })),
  };
};

export const bindStoreCredit = (deps: StoreCreditDeps): Bound<typeof storeCreditSpecs> => {
  const read = async (stream: string, asOf?: AsOf) => {
    const found = await deps.readStream(storeCreditDecider, stream, asOf);
    if (found === undefined) throw notFound('store credit');
    return storeCreditBody(found.state);
  };

  const list = async (customer_id: string): Promise<Reply> => {
    const ids = await deps.findStoreCreditIds(customer_id);
    return { status: 200, body: await Promise.all(ids.map((id) => read(storeCreditStream(id)))) };
  };

  const replay: Replay = async (_request, place, status) => {
    if (place === undefined) throw new Error('store credit always has a place');
    return { status, body: await read(place.stream, { revision: place.revision }), at: place };
  };

  return bind(storeCreditSpecs, {
    listMyStoreCredit: { handle: ({ caller }) => list(caller.id) },
    listStoreCredit: { handle: ({ params }) => list(params.id) },
    adjustStoreCredit: {
      handle: async ({ params: { id: customer_id }, body, context, repeatable }) => {
        const { currency, amount, reason_category, ...more } = body;
        const { note } = withoutNull(more);
        demandImpersonalId(customer_id, deps);
        const input = { customer_id, currency, amount, reason_category, note };
        const outcome = await deps.commands.adjust(input, { context, repeatable });
        if (wasRejected(outcome)) throw new CommandRejected(outcome.rejection);
        const { state, revision, position, repeated: isRepeated } = outcome;
        const at = { stream: storeCreditStream(storeCreditIdOf(customer_id, currency)), revision };
        return { status: 201, body: storeCreditBody(state), at, position, isRepeated };
      },
      replay,
    },
  });
};

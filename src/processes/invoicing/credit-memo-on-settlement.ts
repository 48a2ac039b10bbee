import { streamId } from '../../event-store/stream-names.ts';
import { creditMemoJob } from './document-jobs.ts';
import { reactor } from '../engine/reactor.ts';

/** A return of which anything was accepted calls for the credit memo, whatever becomes of the money. */
export const creditMemoOnSettlement = reactor({
  name: 'credit_memo_on_settlement',
  prefixes: ['order-'],
  on: {
    ReturnSettled: ({ stream, fact: { data } }) =>
      data.items.some(({ accepted_quantity }) => accepted_quantity > 0)
        ? creditMemoJob(streamId(stream), data.return_id)
        : undefined,
  },
});

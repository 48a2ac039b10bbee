import { needsCreditMemo } from '../../domain/document/index.ts';
import { streamId } from '../../event-store/stream-names.ts';
import { creditMemoJob } from './document-jobs.ts';
import { reactor } from '../engine/reactor.ts';

/** A settled return is answered by its credit memo, where it needs one. */
export const creditMemoOnSettlement = reactor({
  name: 'credit_memo_on_settlement',
  prefixes: ['order-'],
  on: {
    ReturnSettled: ({ stream, fact: { data } }) =>
      needsCreditMemo(data.items) ? creditMemoJob(streamId(stream), data.return_id) : undefined,
  },
});

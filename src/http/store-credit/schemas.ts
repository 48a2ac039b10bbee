import { type Static, Type } from '@sinclair/typebox';
import { ENTRY_KINDS } from '../../domain/store-credit/index.ts';
import { reasonCategory } from '../refunds/schemas.ts';
import { currency, optionalText, reference, signedAmount, strictObject } from '../server/schemas/fields.ts';
import { money, shape, time, uuid, words } from '../server/schemas/response-parts.ts';

export const storeCreditParams = strictObject({ id: reference({ description: 'Id of the customer.' }) });

export const adjustStoreCreditBody = strictObject(
  {
    currency: currency(),
    amount: signedAmount({ description: 'Above 0: given. Below 0: taken.', example: 10 }),
    reason_category: reasonCategory(),
    note: optionalText({ max: 500, description: 'For staff: the customer never sees it.' }),
  },
  { component: 'AdjustStoreCreditRequest' },
);

export type AdjustStoreCreditBody = Static<typeof adjustStoreCreditBody>;

const entry = shape(
  {
    amount: Type.Number({ description: 'Major units. Below 0: spent or taken.' }),
    kind: words(ENTRY_KINDS),
    order_id: Type.Optional(uuid()),
    return_id: Type.Optional(uuid()),
    at: time(),
  },
  'StoreCreditEntry',
);

export const storeCreditResponse = shape(
  { currency: Type.String(), balance: money(), entries: Type.Array(entry) },
  'StoreCredit',
);

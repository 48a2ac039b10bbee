import { Type } from '@sinclair/typebox';
import type { LedgerEntry } from '../../gateways/payment/index.ts';
import { nullable, strictObject, text } from '../server/schemas/fields.ts';
import { pages } from '../server/schemas/paging.ts';
import { everyWord, maybe, money, shape, uuid } from '../server/schemas/response-parts.ts';

export const ledgerEntryResponse = shape(
  {
    idempotency_key: Type.String(),
    kind: everyWord<LedgerEntry['kind']>({ charge: true, refund: true }),
    payment_id: uuid(),
    refund_id: nullable(uuid()),
    order_id: uuid(),
    amount: money(),
    currency: Type.String(),
    outcome: nullable(everyWord<NonNullable<LedgerEntry['outcome']>>({ succeeded: true, declined: true })),
    transaction_id: maybe.text(),
    reason: maybe.text(),
    asked: Type.Integer({ description: 'Number of requests with this key.' }),
  },
  'LedgerEntry',
);

export const ledgerQuery = strictObject({
  order_id: Type.Optional(text({ min: 1, max: 255, description: 'UUID or number of an order.' })),
  ...pages,
});

import { Type } from '@sinclair/typebox';
import { HOLD_REASONS, type HoldReason } from '../../domain/order/index.ts';
import { optionalNullable, strictObject, text } from '../server/schemas/fields.ts';

const note = optionalNullable(
  text({ min: 1, max: 2000, description: 'For staff: it is in the audit trail.', example: 'Address is a mail drop' }),
);

export const holdOrderBody = strictObject(
  {
    reason_category: Type.Unsafe<HoldReason>({ type: 'string', enum: [...HOLD_REASONS] }),
    note,
  },
  { component: 'HoldOrderRequest' },
);

export const releaseHoldBody = strictObject({ note }, { component: 'ReleaseHoldRequest' });

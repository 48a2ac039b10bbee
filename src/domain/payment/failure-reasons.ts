import { normalisedWord } from '../shared/normalise-name.ts';

/** The reason that a customer sees for a failed payment. The gateway's own words are for staff. */
export const FAILURE_REASONS = [
  'declined',
  'insufficient_funds',
  'expired_card',
  'invalid_details',
  'limit_exceeded',
  'authentication_failed',
  'unavailable',
  'other',
] as const;
export type FailureReason = (typeof FAILURE_REASONS)[number];

const SPELLINGS: ReadonlyMap<string, FailureReason> = new Map([
  ['card_declined', 'declined'],
  ['do_not_honor', 'declined'],
  ['generic_decline', 'declined'],
  ['card_expired', 'expired_card'],
  ['incorrect_cvc', 'invalid_details'],
  ['invalid_cvc', 'invalid_details'],
  ['incorrect_number', 'invalid_details'],
  ['invalid_number', 'invalid_details'],
  ['card_velocity_exceeded', 'limit_exceeded'],
  ['authentication_required', 'authentication_failed'],
]);

/** The known word for a reason that the gateway gave. An unknown reason becomes `other`. */
export const failureReasonOf = (reason: string): FailureReason => {
  const plain = normalisedWord(reason);
  return FAILURE_REASONS.find((known) => known === plain) ?? SPELLINGS.get(plain) ?? 'other';
};

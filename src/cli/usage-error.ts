/** A call that cannot be carried out as it was made; the message says how to make it. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

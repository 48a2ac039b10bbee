/** The command line is wrong; the message says how to call the command. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

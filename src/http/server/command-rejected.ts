import type { AnyRejection } from './rejection-entry.ts';

/** A rule rejected a command. The server answers with the entry of the rejection in its table. */
export class CommandRejected extends Error {
  override readonly name = 'CommandRejected';
  constructor(readonly rejection: AnyRejection) {
    super(rejection.rejected);
  }
}

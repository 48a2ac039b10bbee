/** Not yet this job's turn, as happens in ordinary operation: it is tried again by itself, and nothing is wrong. */
export class TryAgainLater extends Error {
  override readonly name = 'TryAgainLater';
}

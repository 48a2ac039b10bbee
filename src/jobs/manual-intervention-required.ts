/** The job waits for a person: it is not tried again by itself, and shows its reason. */
export class Parked extends Error {
  override readonly name = 'Parked';
}

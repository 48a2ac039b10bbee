/** The job waits for a person: it is not tried again by itself, and shows its reason. */
export class ManualInterventionRequired extends Error {
  override readonly name = 'Parked';
}

/** Why the embedded PostgreSQL cannot serve, in one line that also says what to do. */
export class EmbeddedPostgresFailure extends Error {
  override readonly name = 'EmbeddedPostgresFailure';
}

/** Ends the explanation of a failure that no setting can repair: this alternative always exists. */
export const unavailable = (reason: string): EmbeddedPostgresFailure =>
  new EmbeddedPostgresFailure(
    `the embedded PostgreSQL cannot start: ${reason}; or set DATABASE_URL to a server of yours`,
  );

/** Why the embedded PostgreSQL cannot serve, in one line that also says what to do. */
export class EmbeddedPostgresFailure extends Error {
  override readonly name = 'EmbeddedPostgresFailure';
}

/** What no setting of ours can repair ends with the one alternative there always is. */
export const unavailable = (reason: string): EmbeddedPostgresFailure =>
  new EmbeddedPostgresFailure(
    `the embedded PostgreSQL cannot start: ${reason}; or set DATABASE_URL to a server of yours`,
  );

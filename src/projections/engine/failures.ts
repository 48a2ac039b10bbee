/** The reason why a projection has stopped, and the event that it cannot handle, right after its position. */
export type Failure = {
  readonly reason: string;
  readonly event: {
    readonly id: string;
    readonly type: string;
    readonly stream: string;
    readonly revision: string;
  } | null;
};

type Named = { readonly id: string; readonly stream: string; readonly revision: bigint };

const reasonOf = (error: unknown): string =>
  error instanceof Error ? `${error.name}: ${error.message}` : String(error);

/** A bug: this event cannot be handled. A retry would fail again, and to skip the event would falsify the rows. */
export class CannotProject extends Error {
  override readonly name = 'CannotProject';
  readonly failure: Failure;
  constructor({ id, stream, revision }: Named, type: string, cause: unknown) {
    const reason = reasonOf(cause);
    super(`${type} at revision ${revision} of ${stream}: ${reason}`, { cause });
    this.failure = { reason, event: { id, type, stream, revision: String(revision) } };
  }
}

/** Another process is rebuilding this projection right now. */
export class RebuildInProgress extends Error {
  override readonly name = 'RebuildInProgress';
}

/** The rebuild was cancelled while it ran. */
export class RebuildCancelled extends Error {
  override readonly name = 'RebuildCancelled';
}

/** There is no such copy of the read model, or it cannot be put in the live one's place. */
export class NoSuchCopy extends Error {
  override readonly name = 'NoSuchCopy';
}

/** No rebuild waits to be swapped in. How one is told to wait, each interface says in its own words. */
export class NothingWaits extends NoSuchCopy {
  constructor(projection: string) {
    super(`no rebuild of ${projection} waits to be swapped in`);
  }
}

export const failureOf = (error: unknown): Failure =>
  error instanceof CannotProject ? error.failure : { reason: reasonOf(error), event: null };

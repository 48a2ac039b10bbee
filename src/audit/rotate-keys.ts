import { handleOrThrow, SYSTEM, type Handle } from '../commands/index.ts';
import { auditDecider } from '../domain/audit/index.ts';
import type { EventContext } from '../event-store/codec.ts';
import { auditStream } from '../event-store/stream-names.ts';
import type { Head, Heads } from './heads.ts';
import { createSigners, verifiersOf, type LogKeys } from './keys.ts';

export type ChangeLogDeps = {
  readonly handle: Handle;
  readonly heads: Heads;
  /** Records the log to its end. */
  readonly record: () => Promise<void>;
  /** Default: the system's clock. */
  readonly now?: () => Date;
};

/** Of a command about the log itself, which may be repeated: its id says what it is about. */
export const aboutLog = (command_id: string, at: Date): EventContext => ({
  command_id,
  correlation_id: command_id,
  causation_id: command_id,
  actor: SYSTEM,
  at: at.toISOString(),
});

/**
 * Other keys sign from now on: the log says so, and the head that covers this is signed by the old and the new keys.
 * Repeating it after a crash goes on where it stopped.
 */
export const rotateLogKeys = async (
  { handle, heads, record, now = () => new Date() }: ChangeLogDeps,
  { origin, old, next }: { readonly origin: string; readonly old: LogKeys; readonly next: LogKeys },
): Promise<Head | undefined> => {
  const at = now();
  const [before, after] = [old, next].map((keys) => verifiersOf(createSigners(keys, origin)).map(({ vkey }) => vkey));
  const context = aboutLog(`ChangeLogKey/${after?.join('/') ?? ''}`, at);
  await handleOrThrow(handle, auditDecider, {
    stream: auditStream(context.at.slice(0, 4)),
    command: {
      type: 'ChangeLogKey',
      data: { origin, old: before ?? [], new: after ?? [] },
      at: context.at,
      by: SYSTEM,
    },
    context,
  });
  await record();
  return heads.rotate(next);
};

import { Type } from '@sinclair/typebox';
import { isOf, type RecordedOf } from '../../commands/find-event.ts';
import type { DomainEvent } from '../../domain/events.ts';
import type { Instant } from '../../domain/shared/decider.ts';
import type { Codec } from '../../event-store/codec.ts';
import type { EventStore } from '../../event-store/port.ts';
import { task, type Task, type TaskContext } from '../../jobs/task.ts';

export type ProcessDeps = {
  readonly store: Pick<EventStore, 'readStream'>;
  readonly codec: Pick<Codec, 'decode'>;
  readonly now: () => Instant;
};

const place = Type.Object({ stream: Type.String(), revision: Type.String({ pattern: '^\\d+$' }) });

/** A task that follows from one event, which its payload names by stream and revision. */
export const processTask = <T extends DomainEvent['type']>(
  { store, codec, now }: ProcessDeps,
  { name, of }: { readonly name: string; readonly of: readonly T[] },
  run: (cause: RecordedOf<T>, at: Instant, context: TaskContext) => Promise<unknown>,
): Task =>
  task(name, place, async ({ stream, revision }, context) => {
    const [cause] = await codec.decode(await store.readStream(stream, { from: BigInt(revision), limit: 1 }));
    if (cause === undefined) throw new Error(`${name}: ${stream} has no revision ${revision}`);
    if (!isOf(...of)(cause)) throw new Error(`${name} does not follow from ${cause.fact.type}`);
    await run(cause, now(), context);
  });

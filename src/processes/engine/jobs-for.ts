import type { Codec } from '../../event-store/codec.ts';
import { isOutage } from '../../event-store/outage.ts';
import type { StoredEvent } from '../../event-store/port.ts';
import { isImported } from '../../event-store/recorded.ts';
import type { Job } from '../../jobs/queue.ts';
import type { Process } from './process.ts';

/** A process failed on an event, which is a bug. Retrying does not help, and skipping the event would lose what follows. */
class ProcessFailure extends Error {
  override readonly name = 'ProcessFailure';
  /** `who`: the name of the process, or what else failed. */
  constructor(who: string, { type, stream, revision }: StoredEvent, cause: unknown) {
    const reason = cause instanceof Error ? `${cause.name}: ${cause.message}` : String(cause);
    super(`${who} at ${type}, revision ${revision} of ${stream}: ${reason}`, { cause });
  }
}

/**
 * The jobs that events lead to, in the order of the events. Events that no process follows are passed over unopened, and
 * so is imported history.
 */
export type JobsFor = (events: readonly StoredEvent[]) => Promise<readonly Job[]>;

const byType = (processes: readonly Process[]): ReadonlyMap<string, readonly Process[]> => {
  const types = new Set(processes.flatMap(({ handles }) => [...handles]));
  return new Map([...types].map((type) => [type, processes.filter(({ handles }) => handles.has(type))]));
};

/** @throws ProcessFailure when an event or a process has a bug, anything else on an outage */
export const createJobsFor = (processes: readonly Process[], codec: Pick<Codec, 'decode'>): JobsFor => {
  const followers = byType(processes);
  const followersOf = ({ type, stream }: StoredEvent): readonly Process[] =>
    (followers.get(type) ?? []).filter(({ prefixes }) => prefixes.some((prefix) => stream.startsWith(prefix)));

  const open = async (events: readonly StoredEvent[]) => {
    try {
      return await codec.decode(events, { personal: false });
    } catch (error) {
      const [event] = events;
      if (isOutage(error) || event === undefined || events.length > 1) throw error;
      throw new ProcessFailure('the codec', event, error);
    }
  };

  return async (events) => {
    const concerned = events.flatMap((event) => {
      const following = isImported(event) ? [] : followersOf(event);
      return following.length === 0 ? [] : [{ event, following }];
    });
    const opened = await open(concerned.map(({ event }) => event));
    return concerned.flatMap(({ event, following }, index) => {
      const recorded = opened[index];
      if (recorded === undefined) throw new ProcessFailure('the codec', event, 'it was lost');
      return following.flatMap(({ name, react }) => {
        try {
          return react(recorded) ?? [];
        } catch (error) {
          throw new ProcessFailure(name, event, error);
        }
      });
    });
  };
};

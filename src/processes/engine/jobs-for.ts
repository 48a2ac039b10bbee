import type { Codec } from '../../event-store/codec.ts';
import type { StoredEvent } from '../../event-store/port.ts';
import type { JobRequest } from '../../jobs/queue.ts';
import { CannotReact, isOutage } from './cannot-react.ts';
import type { Reactor } from './reactor.ts';

/** The jobs that events lead to, in the order of the events. Events that concern no policy are passed over unopened. */
export type JobsFor = (events: readonly StoredEvent[]) => Promise<readonly JobRequest[]>;

const byType = (reactors: readonly Reactor[]): ReadonlyMap<string, readonly Reactor[]> => {
  const types = new Set(reactors.flatMap(({ handles }) => [...handles]));
  return new Map([...types].map((type) => [type, reactors.filter(({ handles }) => handles.has(type))]));
};

/** @throws CannotReact when an event or a policy has a bug, anything else on an outage */
export const createJobsFor = (reactors: readonly Reactor[], codec: Pick<Codec, 'decode'>): JobsFor => {
  const interested = byType(reactors);
  const listenersOf = ({ type, stream }: StoredEvent): readonly Reactor[] =>
    (interested.get(type) ?? []).filter(({ prefixes }) => prefixes.some((prefix) => stream.startsWith(prefix)));

  const open = async (events: readonly StoredEvent[]) => {
    try {
      return await codec.decode(events, { personal: false });
    } catch (error) {
      const [event] = events;
      if (isOutage(error) || event === undefined || events.length > 1) throw error;
      throw new CannotReact('the codec', event, error);
    }
  };

  return async (events) => {
    const concerned = events.flatMap((event) => {
      const listeners = listenersOf(event);
      return listeners.length === 0 ? [] : [{ event, listeners }];
    });
    const opened = await open(concerned.map(({ event }) => event));
    return concerned.flatMap(({ event, listeners }, index) => {
      const recorded = opened[index];
      if (recorded === undefined) throw new CannotReact('the codec', event, 'it was lost');
      return listeners.flatMap(({ name, react }) => {
        try {
          return react(recorded) ?? [];
        } catch (error) {
          throw new CannotReact(name, event, error);
        }
      });
    });
  };
};

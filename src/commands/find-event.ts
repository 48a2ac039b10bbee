import type { DomainEvent } from '../domain/events.ts';
import type { Recorded } from '../event-store/recorded.ts';

type EventOf<T extends DomainEvent['type']> = Extract<DomainEvent, { readonly type: T }>;
export type RecordedOf<T extends DomainEvent['type']> = Recorded<EventOf<T>>;

/** Whether a recorded event is of one of these types. */
export const isOf =
  <T extends DomainEvent['type']>(...types: readonly T[]) =>
  (recorded: Recorded): recorded is RecordedOf<T> =>
    types.some((type) => type === recorded.fact.type);

/** The first event of a type, among those for which `isIt` holds. */
export const findEvent = <T extends DomainEvent['type']>(
  events: readonly Recorded[],
  type: T,
  isIt: (recorded: RecordedOf<T>) => boolean = () => true,
): RecordedOf<T> | undefined => events.filter(isOf(type)).find(isIt);

import type { Recorded } from '../../event-store/recorded.ts';
import type { Caller } from '../server/caller.ts';
import { eventBody } from '../server/event-body.ts';

/** Whether this caller sees names, addresses and what else is personal in events. Machines get by without. */
export const seesPersonal = ({ role }: Caller): boolean => role !== 'service';

/** An event as the feed shows it. */
export const feedBody = (recorded: Recorded, caller: Caller): ReturnType<typeof eventBody> => {
  const body = eventBody(recorded);
  if (seesPersonal(caller)) return body;
  return { ...body, data: Object.fromEntries(Object.entries(body.data).filter(([name]) => name !== 'personal')) };
};

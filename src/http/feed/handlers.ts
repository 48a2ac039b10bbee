import type { Codec } from '../../event-store/codec.ts';
import { joinSignals } from '../../platform/join-signals.ts';
import { nextLink } from '../server/paging.ts';
import { bind, type Bound } from '../server/route.ts';
import type { ReadFeed } from './read-feed.ts';
import { feedSpecs } from './routes.ts';
import type { Recorded } from '../../event-store/recorded.ts';
import type { Caller } from '../server/caller.ts';
import { eventBody } from '../trail/event-body.ts';

/** Whether this caller sees names, addresses and what else is personal in events. Machines get by without. */
const seesPersonal = ({ role }: Caller): boolean => role !== 'service';

/** An event as the feed shows it. */
const feedBody = (recorded: Recorded, caller: Caller): ReturnType<typeof eventBody> => {
  const body = eventBody(recorded);
  if (seesPersonal(caller)) return body;
  return { ...body, data: Object.fromEntries(Object.entries(body.data).filter(([name]) => name !== 'personal')) };
};

export type FeedDeps = {
  readonly readFeed: ReadFeed;
  readonly decode: Codec['decode'];
  /** Aborted when this process stops. */
  readonly stopping: AbortSignal;
};

export const bindFeed = ({ readFeed, decode, stopping }: FeedDeps): Bound<typeof feedSpecs> =>
  bind(feedSpecs, {
    readFeed: {
      handle: async ({ query: { after = '0', types, limit = 100, wait = 0 }, caller, onGone, path, search }) => {
        const gone = new AbortController();
        onGone(() => gone.abort());
        const { signal, letGo } = joinSignals(gone.signal, stopping);
        const wanted = types === undefined ? undefined : new Set(types);
        const query = { after: BigInt(after), types: wanted, limit, waitMs: wait * 1_000, signal };
        const page = await readFeed(query).finally(letGo);
        const events = await decode(page.events, { personal: seesPersonal(caller) });
        return {
          status: 200,
          body: events.map((event) => feedBody(event, caller)),
          headers: {
            Link: nextLink(path, search, { after: String(page.next) }),
            'X-Next-Position': String(page.next),
          },
          waitedMs: page.waitedMs,
        };
      },
    },
  });

import { Type } from '@sinclair/typebox';
import { EVENT_TYPES, type Codec } from '../../event-store/codec.ts';
import { feedBody, seesPersonal } from './feed-body.ts';
import type { ReadFeed } from './read-feed.ts';
import { nextLink } from '../server/paging.ts';
import { route, type Route } from '../server/route.ts';
import { eventResponse } from '../server/schemas/audit-response.ts';
import { integer, position, strictObject, word } from '../server/schemas/fields.ts';
import { joinSignals } from '../../platform/join-signals.ts';
import { eventExample } from '../orders/examples.ts';

export type FeedDeps = {
  readonly readFeed: ReadFeed;
  readonly decode: Codec['decode'];
  /** Aborted when this process stops. */
  readonly stopping: AbortSignal;
};

const LONGEST_WAIT_S = 30;

const query = strictObject({
  after: Type.Optional(position('Events after this position: `next` of the page before. Default 0, the beginning.')),
  types: Type.Optional(
    Type.Array(
      word((name) => EVENT_TYPES.includes(name), EVENT_TYPES),
      {
        maxItems: EVENT_TYPES.length,
        description: 'Event types; repeatable, or separated by commas. Default: all.',
      },
    ),
  ),
  limit: Type.Optional(integer(1, 1000, { description: 'Most events on the page. Default 100.' })),
  wait: Type.Optional(
    integer(0, LONGEST_WAIT_S, { description: 'Where there is nothing new: seconds to wait for it. Default 0.' }),
  ),
});

/** Everything that happened, for integrators who prefer to pull. */
export const feedRoutes = ({ readFeed, decode, stopping }: FeedDeps): readonly Route[] => [
  route(
    {
      methods: ['GET'],
      path: '/events',
      operationId: 'readFeed',
      tag: 'Events',
      summary: 'All events, in the order in which they happened',
      description:
        'Go on with `Link: rel="next"`, which is always there and moves over events of other types; ' +
        '`X-Next-Position` is the position in it. Every event comes once, and amounts are in minor units. ' +
        'Services do not see `data.personal`; after an erasure it is null.',
      permission: { admin: 'any', auditor: 'any', service: 'events:read' },
      query,
      answers: {
        200: {
          description: 'Oldest first; none when nothing is new.',
          body: Type.Array(eventResponse),
          example: [eventExample],
        },
      },
    },
    async ({ query: { after = '0', types, limit = 100, wait = 0 }, caller, onGone, path, search }) => {
      const gone = new AbortController();
      onGone(() => gone.abort());
      const { signal, letGo } = joinSignals(gone.signal, stopping);
      const asked = types === undefined ? undefined : new Set(types);
      const page = await readFeed({ after: BigInt(after), types: asked, limit, waitMs: wait * 1_000, signal }).finally(
        letGo,
      );
      const events = await decode(page.events, { personal: seesPersonal(caller) });
      return {
        status: 200,
        body: events.map((event) => feedBody(event, caller)),
        headers: { Link: nextLink(path, search, { after: String(page.next) }), 'X-Next-Position': String(page.next) },
        waitedMs: page.waitedMs,
      };
    },
  ),
];

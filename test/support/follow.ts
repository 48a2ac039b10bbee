import { eventually } from './eventually.ts';
import { MEERA, type TestApi } from './api.ts';
import type { TokenRequest } from '../../src/http/server/auth/tokens.ts';

export type TrackingEvent = {
  readonly event: string;
  readonly id: string;
  readonly data: Readonly<Record<string, unknown>>;
};

export type Followed = {
  readonly status: number;
  readonly headers: Headers;
  /** What has come so far. */
  readonly events: readonly TrackingEvent[];
  readonly heartbeats: () => number;
  /** Whether the server has ended it in order. */
  readonly hasEnded: () => boolean;
  /** Waits until so many have come, or, without a number, until the stream has ended; answers all of them. */
  readonly until: (count?: number) => Promise<readonly TrackingEvent[]>;
  /** Goes away. */
  readonly leave: () => void;
};

const parse = (block: string): TrackingEvent => {
  const fields = new Map(
    block.split('\n').map((line) => [line.slice(0, line.indexOf(': ')), line.slice(line.indexOf(': ') + 2)]),
  );
  const [event = '', id = '', data = ''] = ['event', 'id', 'data'].map((name) => fields.get(name));
  return { event, id, data: JSON.parse(data) as TrackingEvent['data'] };
};

/** Follows an order's stream as a client does. */
export const follow = async (
  api: Pick<TestApi, 'url' | 'token'>,
  id: string,
  { as = MEERA, after }: { readonly as?: TokenRequest; readonly after?: string } = {},
): Promise<Followed> => {
  const leaving = new AbortController();
  const { status, headers, body } = await fetch(`${api.url}/api/v1/orders/${id}/tracking-stream`, {
    signal: leaving.signal,
    headers: {
      authorization: `Bearer ${await api.token(as)}`,
      ...(after !== undefined && { 'last-event-id': after }),
    },
  });
  const events: TrackingEvent[] = [];
  let [heartbeats, hasEnded] = [0, false];
  let rest = '';
  const read = async (): Promise<void> => {
    for await (const chunk of (body ?? new ReadableStream()).pipeThrough(new TextDecoderStream())) {
      const blocks = (rest + chunk).split('\n\n');
      rest = blocks.pop() ?? '';
      for (const block of blocks)
        if (block.startsWith(':')) heartbeats += 1;
        else events.push(parse(block));
    }
    hasEnded = true;
  };
  const reading = read().catch(() => undefined); // a follower that leaves or is dropped does not end in order

  return {
    status,
    headers,
    events,
    heartbeats: () => heartbeats,
    hasEnded: () => hasEnded,
    until: async (count) => {
      if (count === undefined) await reading;
      else await eventually(`${count} events, of which ${events.length} are there`, () => events.length >= count);
      return [...events];
    },
    leave: () => leaving.abort(),
  };
};

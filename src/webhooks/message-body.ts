import type { Recorded } from '../event-store/recorded.ts';

/**
 * The message for an event. It has no personal data, because that could not be erased at the receiver, who can get the
 * order.
 */
export const messageBody = ({ id, fact, stream, revision, position, metadata }: Recorded): string =>
  JSON.stringify({
    id,
    type: fact.type,
    stream,
    revision: String(revision),
    position: String(position),
    recorded_at: metadata.recorded_at,
    data: Object.fromEntries(Object.entries(fact.data).filter(([name]) => name !== 'personal')),
  });

/** The type under which endpoints get new heads of the log. It is no event of the log. */
export const HEAD_TYPE = 'log.head';

/** The message for a new signed head: the receiver keeps it where the shop cannot change it. */
export const headBody = ({
  id,
  size,
  note,
  at,
}: {
  readonly id: string;
  readonly size: number;
  readonly note: string;
  readonly at: number;
}): string =>
  JSON.stringify({
    id,
    type: HEAD_TYPE,
    stream: 'log',
    revision: '0',
    position: '0',
    recorded_at: new Date(at).toISOString(),
    data: { size, checkpoint: note },
  });

/** The message that tests an endpoint. It has the form of an event but is not one. */
export const testBody = (id: string, at: number): string =>
  JSON.stringify({
    id,
    type: 'WebhookTested',
    stream: 'webhook-test',
    revision: '0',
    position: '0',
    recorded_at: new Date(at).toISOString(),
    data: {},
  });

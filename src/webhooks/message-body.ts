import type { Recorded } from '../event-store/recorded.ts';

/** What is sent of an event: nothing personal, which could not be erased there; who needs it asks for the order. */
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

/** What is sent to try an endpoint out. It looks like an event and is none. */
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

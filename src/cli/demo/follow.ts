import { EventSourceParserStream } from 'eventsource-parser/stream';

export type Followed = { readonly event: string; readonly data: Readonly<Record<string, string | number | null>> };

/**
 * Follows an order live, as its customer's page would. `onEvent` gets each event as it arrives; `ended` resolves when
 * the stream ends by itself.
 */
export const followOrder = async (
  url: string,
  token: string,
  onEvent: (event: Followed) => void,
): Promise<{ readonly ended: Promise<void> }> => {
  const response = await fetch(url, { headers: { authorization: `Bearer ${token}`, accept: 'text/event-stream' } });
  if (!response.ok || response.body === null) throw new Error(`${url} answered ${response.status}`);
  const events = response.body.pipeThrough(new TextDecoderStream()).pipeThrough(new EventSourceParserStream());
  const read = async (): Promise<void> => {
    for await (const { event = 'message', data } of events)
      onEvent({ event, data: JSON.parse(data) as Followed['data'] });
  };
  return { ended: read() };
};

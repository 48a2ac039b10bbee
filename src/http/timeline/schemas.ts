import { Type } from '@sinclair/typebox';
import { integer, strictObject, text } from '../server/schemas/fields.ts';
import { maybe, shape, time, uuid, words } from '../server/schemas/response-parts.ts';

export const timelineQuery = strictObject({
  correlation_id: Type.Optional(
    text({ min: 1, max: 255, description: 'Only events that followed from this request: its X-Request-Id.' }),
  ),
  limit: Type.Optional(integer(1, 500, { description: 'Maximum number of events on the page. Default 100.' })),
  cursor: Type.Optional(
    Type.Unsafe<string>({
      type: 'string',
      pattern: '^\\d{1,18}$',
      expected: 'a cursor from a Link header',
      description: 'Cursor from Link: rel="next".',
    }),
  ),
});

export const TIMELINE_KINDS = ['order', 'return', 'payment', 'document'] as const;

const actor = () => shape({ id: Type.String(), role: Type.String() });
const revision = () => Type.String({ description: 'Position in its stream, from 0, as a decimal string.' });
const position = () => Type.String({ description: 'Position among all events, as a decimal string.' });

const cause = shape(
  {
    kind: words(['request', 'event', 'schedule', 'import', 'unknown'], '`event`: a process acted on an earlier event.'),
    sentence: Type.String(),
    request: Type.Optional(
      shape({
        id: Type.String({ description: 'X-Request-Id.' }),
        at: time(),
        actor: actor(),
        ip: maybe.text(),
        user_agent: maybe.text(),
      }),
    ),
    process: Type.Optional(Type.String({ description: 'What the process did.' })),
    event: Type.Optional(
      shape({
        id: uuid(),
        type: Type.String(),
        stream: Type.String(),
        revision: revision(),
        position: position(),
        at: time(),
        sentence: Type.String(),
      }),
    ),
  },
  'TimelineCause',
);

export const timelineEntry = shape(
  {
    id: uuid(),
    position: position(),
    at: time(),
    kind: words(TIMELINE_KINDS),
    type: Type.String(),
    stream: Type.String(),
    revision: revision(),
    sentence: Type.String(),
    actor: actor(),
    reason: maybe.text(),
    correlation_id: Type.String(),
    cause,
  },
  'TimelineEntry',
);

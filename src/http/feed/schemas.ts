import { Type } from '@sinclair/typebox';
import { EVENT_TYPES } from '../../event-store/codec.ts';
import { integer, position, strictObject, word } from '../server/schemas/fields.ts';

const LONGEST_WAIT_S = 30;

export const feedQuery = strictObject({
  after: Type.Optional(
    position('Return events after this position: `next` of the previous page. Default 0, the beginning.'),
  ),
  types: Type.Optional(
    Type.Array(
      word((name) => EVENT_TYPES.includes(name), EVENT_TYPES),
      {
        maxItems: EVENT_TYPES.length,
        description: 'Event types. Repeat it, or separate values by commas. Default: all.',
      },
    ),
  ),
  limit: Type.Optional(integer(1, 1000, { description: 'Maximum number of events on the page. Default 100.' })),
  wait: Type.Optional(
    integer(0, LONGEST_WAIT_S, { description: 'Seconds to wait for a new event when there is none. Default 0.' }),
  ),
});

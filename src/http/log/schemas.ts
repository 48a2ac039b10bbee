import { Type } from '@sinclair/typebox';
import { integer, strictObject } from '../server/schemas/fields.ts';

const LARGEST_LOG = Number.MAX_SAFE_INTEGER;

export const proofQuery = strictObject({
  stream: Type.String({ minLength: 1, maxLength: 255, description: 'Stream of the event, such as `order-<id>`.' }),
  revision: integer(0, LARGEST_LOG, { description: 'Position of the event in its stream, from 0.' }),
});

export const consistencyQuery = strictObject({
  from: integer(0, LARGEST_LOG, { description: 'Size of the smaller tree.' }),
  to: integer(0, LARGEST_LOG, { description: 'Size of the larger tree, at most that of the newest head.' }),
});

export const consistencyResponse = Type.Object(
  {
    from: Type.Integer(),
    to: Type.Integer(),
    hashes: Type.Array(Type.String({ description: 'SHA-256, base64.' })),
  },
  { component: 'LogConsistency' },
);

const level = Type.String({
  description: 'Level of the tile, 0 to 63, or `entries`: the entries of a tile of level 0.',
});
const part = (description: string) => Type.String({ description });

/** A tile's path in C2SP tlog-tiles has as many parts as its index has groups of three digits, and one more for its width. */
export const tileParams = {
  one: strictObject({ level, index: part('Index of the tile, three digits.') }),
  two: strictObject({
    level,
    group: part('`x` and three digits, or the index and `.p`.'),
    index: part('Three digits, or the width of a partial tile.'),
  }),
  three: strictObject({
    level,
    million: part('`x` and three digits.'),
    group: part('`x` and three digits, or the index and `.p`.'),
    index: part('Three digits, or the width of a partial tile.'),
  }),
};

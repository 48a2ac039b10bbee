import { Type } from '@sinclair/typebox';
import { integer } from './fields.ts';

const PLACE = 'one of offset, skip, page and cursor';

/** Pages by number or offset. */
export const pages = {
  limit: Type.Optional(
    integer(1, 1000, {
      description:
        'Maximum number of entries on the page. Default 20. A page has at most 4 MB: with large entries it has fewer, and Link leads to the rest.',
    }),
  ),
  offset: Type.Optional(integer(0, 10_000_000, { description: 'Number of entries to skip.', rule: PLACE })),
  skip: Type.Optional(
    Type.Unsafe<number>({
      type: 'integer',
      minimum: 0,
      maximum: 10_000_000,
      alias: 'offset',
      description: 'Same as offset.',
      rule: PLACE,
    }),
  ),
  page: Type.Optional(
    integer(1, 100_000, { description: 'Instead of offset: pages of `limit`, from 1.', rule: PLACE }),
  ),
};

/** Pages as read models offer them: with a cursor, too. */
export const paging = {
  ...pages,
  cursor: Type.Optional(
    Type.String({
      maxLength: 500,
      description: 'Cursor from Link: rel="next". The cost of a page does not grow with depth.',
      rule: 'must be one that a Link header gave; without offset, skip and page',
    }),
  ),
  count: Type.Optional(
    Type.Literal('exact', {
      description: 'Makes X-Total-Count exact, at a higher cost when many entries match.',
      expected: 'exact',
    }),
  ),
};

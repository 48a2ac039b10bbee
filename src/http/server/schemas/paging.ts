import { Type } from '@sinclair/typebox';
import { integer } from './fields.ts';

const PLACE = 'one of offset, skip, page and cursor';

/** Pages by number or offset. */
export const pages = {
  limit: Type.Optional(
    integer(1, 1000, {
      description:
        'Most entries on the page. Default 20. A page holds at most 4 MB: of large entries it has fewer, and Link goes on.',
    }),
  ),
  offset: Type.Optional(integer(0, 10_000_000, { description: 'Entries to skip.', rule: PLACE })),
  skip: Type.Optional(
    Type.Unsafe<number>({
      type: 'integer',
      minimum: 0,
      maximum: 10_000_000,
      alias: 'offset',
      description: 'As offset.',
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
      description: 'From Link: rel="next". Its cost does not grow with depth.',
      rule: 'must be one that a Link header gave; without offset, skip and page',
    }),
  ),
  count: Type.Optional(
    Type.Literal('exact', { description: 'Pays for the exact X-Total-Count, however many match.', expected: 'exact' }),
  ),
};

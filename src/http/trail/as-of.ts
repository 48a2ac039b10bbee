import { Type } from '@sinclair/typebox';
import type { AsOf } from '../../commands/index.ts';
import type { Instant } from '../../domain/shared/decider.ts';
import type { Position, Revision } from '../../event-store/port.ts';
import type { Recorded } from '../../event-store/recorded.ts';
import { businessDayIn } from '../../platform/business-day.ts';
import { invalid, problem } from '../server/problem.ts';
import { readSpan } from '../server/schemas/business-days.ts';
import { readQueryInstant, strictObject, text } from '../server/schemas/fields.ts';
import { shape, time } from '../server/schemas/response-parts.ts';

/** Of reads of one resource: shows it as it was. */
export const asOfQuery = (thing: string) =>
  strictObject({
    as_of: Type.Optional(
      text({
        min: 1,
        max: 40,
        description: `Shows the ${thing} as it was at a time, at the close of a business day or, with digits only, at a revision.`,
        example: '2026-03-01T12:00:00Z',
        rule: 'must be digits, a day that is over, or a date and time with its zone',
      }),
    ),
  });

export const asOfResponse = () =>
  Type.Optional(
    shape(
      {
        revision: Type.String({ description: 'Revision of the last event shown, as a decimal string.' }),
        at: time(),
      },
      'AsOf',
    ),
  );

const DATE = /^\d{4}-\d{2}-\d{2}$/;

export type AskedAsOf = {
  readonly text: string;
  /** Now. */
  readonly now: Instant;
  readonly timeZone: string;
};

type AskedPast = Exclude<AsOf, { readonly position: Position }>;

/** What `as_of` asks for: a revision, a moment, or the close of a business day. */
const readAsOf = ({ text: asked, now, timeZone }: AskedAsOf): AskedPast => {
  if (/^\d{1,18}$/.test(asked)) return { revision: BigInt(asked) };
  const wrong = (message: string) => invalid([{ field: 'as_of', message, received: asked }]);
  const at = readQueryInstant(asked);
  if (at === undefined) throw wrong('must be a revision (digits), a day, or a date and time with its zone');
  if (!DATE.test(asked)) return { at };
  if (asked >= businessDayIn(timeZone)(now)) throw wrong('must be a day that is over');
  const { to } = readSpan({ from: undefined, to: asked }, timeZone);
  return { at: to ?? at };
};

/** What an answer says of the past that it shows. */
export type ShownAsOf = { readonly revision: string; readonly at: Instant };

type Current = { readonly revision: Revision };
type Shown = Current & { readonly last: Recorded };

/**
 * The past of a resource that this caller may see, read by `read`.
 * @throws Problem when it did not exist yet, or when nothing is known of that revision or time yet
 */
export const findAsOf = async <F extends Shown>(
  asked: AskedAsOf,
  current: Current,
  read: (asOf: AskedPast) => Promise<F | undefined>,
): Promise<{ readonly found: F; readonly asOf: AskedPast; readonly as_of: ShownAsOf }> => {
  const asOf = readAsOf(asked);
  const isAhead = 'revision' in asOf ? asOf.revision > current.revision : asOf.at > asked.now;
  if (isAhead)
    throw problem(
      'as_of.beyond_head',
      'revision' in asOf
        ? `The newest revision is ${current.revision}.`
        : 'This time has not come yet; send a time that is over.',
    );
  const found = await read(asOf);
  if (found === undefined) throw problem('as_of.before_creation', 'It did not exist at this time yet.');
  const { revision, last } = found;
  return { found, asOf, as_of: { revision: String(revision), at: 'at' in asOf ? asOf.at : last.fact.at } };
};

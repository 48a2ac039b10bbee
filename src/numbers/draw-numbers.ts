import type { Knex } from 'knex';
import type { NumberKind } from '../domain/shared/numbers.ts';
import { coalesce } from '../platform/coalesce.ts';
import { isKeyTaken, prepared } from '../platform/database.ts';

export type Draw = {
  readonly kind: NumberKind;
  /** Of the series. */
  readonly year: number;
  /** Comes before the year, e.g. `ORD`. */
  readonly prefix: string;
  /** What is numbered. Drawing again for the same answers the same number. */
  readonly id: string;
};

/** Draws a number that is unique for ever: `ORD-2026-000123`. One that is then not used leaves a gap. */
export type DrawNumber = (draw: Draw) => Promise<string>;

const keyOf = ({ kind, id }: Pick<Draw, 'kind' | 'id'>): string => `${kind}/${id}`;

const DRAW = 'select kind, id, number from draw_numbers(?)';
const DRAW_WITHOUT_FLUSH = `with flush as (select set_config('synchronous_commit', 'off', true)) ${DRAW}, flush`;

/** Others add numbers as well, above those drawn: a history that is brought in, a refill from the log. */
const ATTEMPTS = 5;

type Drawn = Pick<Draw, 'kind' | 'id'> & { readonly number: string };

/**
 * Draws that arrive together are one statement. Where the event log is `beside` the numbers, in the same database, a draw
 * does not wait for the disk: the append that uses the number does, and the database flushes in order. A crash then takes
 * back only numbers that no event has.
 */
export const createDrawNumber = (
  db: Knex,
  { logIs = 'elsewhere' }: { readonly logIs?: 'beside' | 'elsewhere' } = {},
): DrawNumber =>
  coalesce<Draw, string>(async (draws) => {
    const wanted = [...new Map(draws.map((draw) => [keyOf(draw), draw])).values()];
    const [name, sql] = logIs === 'beside' ? ['draw_numbers_at_ease', DRAW_WITHOUT_FLUSH] : ['draw_numbers', DRAW];
    const draw = async (attempt: number): Promise<readonly Drawn[]> => {
      try {
        return (await prepared(name, db.raw<{ rows: readonly Drawn[] }>(sql, [JSON.stringify(wanted)]))).rows;
      } catch (error) {
        // A number was added after the highest one had been looked up. The next look sees it.
        if (!isKeyTaken(error) || attempt === ATTEMPTS) throw error;
        return draw(attempt + 1);
      }
    };
    const rows = await draw(1);
    const drawn = new Map(rows.map((row) => [keyOf(row), row.number]));
    return draws.map((draw) => {
      const number = drawn.get(keyOf(draw));
      if (number === undefined) throw new Error(`no number was drawn for ${keyOf(draw)}`);
      return number;
    });
  });

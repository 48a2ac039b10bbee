import type { Instant } from '../../domain/shared/decider.ts';
import { wallTimeIn } from '../../platform/wall-time.ts';

export type ReadTime =
  | {
      readonly at: Instant;
      /** How many times the clocks of the zone showed it. 0: it is read as an hour later; 2: it is the first of them. */
      readonly shown: 0 | 1 | 2;
    }
  | { readonly problem: string };

export type ReadTimeOf = (text: string) => ReadTime;

type Parts = {
  readonly year: number;
  readonly month: number;
  readonly day: number;
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
  readonly millisecond: number;
  /** Minutes east of UTC; undefined: the text has no offset. */
  readonly offset: number | undefined;
};

const ISO =
  /^(?<year>\d{4})[-/](?<month>\d{1,2})[-/](?<day>\d{1,2})(?:[T ]+(?<hour>\d{1,2}):(?<minute>\d{2})(?::(?<second>\d{2})(?:[.,](?<fraction>\d{1,9}))?)?)?\s*(?<offset>Z|UTC|GMT|[+-]\d{2}(?::?\d{2})?)?$/i;

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

/** What each token of a format stands for. Longer ones come first. */
const TOKENS: readonly (readonly [token: string, pattern: string])[] = [
  ['yyyy', '(?<year>\\d{4})'],
  ['yy', '(?<shortYear>\\d{2})'],
  ['MM', '(?<month>\\d{2})'],
  ['M', '(?<month>\\d{1,2})'],
  ['dd', '(?<day>\\d{2})'],
  ['d', '(?<day>\\d{1,2})'],
  ['HH', '(?<hour>\\d{2})'],
  ['H', '(?<hour>\\d{1,2})'],
  ['hh', '(?<hour>\\d{2})'],
  ['h', '(?<hour>\\d{1,2})'],
  ['mm', '(?<minute>\\d{2})'],
  ['m', '(?<minute>\\d{1,2})'],
  ['ss', '(?<second>\\d{2})'],
  ['s', '(?<second>\\d{1,2})'],
  ['SSS', '(?<fraction>\\d{3})'],
  ['a', '(?<half>[AaPp]\\.?[Mm]\\.?)'],
  ['XXX', '(?<offset>Z|[+-]\\d{2}(?::?\\d{2})?)'],
];

/** `d.M.yyyy H:mm` as a pattern; undefined if it lacks a day, month or year, or has one part twice. */
export const timePattern = (format: string): RegExp | undefined => {
  let pattern = '';
  for (let rest = format; rest !== '';) {
    const [token, part] = TOKENS.find(([one]) => rest.startsWith(one)) ?? [rest.charAt(0), undefined];
    pattern += part ?? token.replace(/[\\^$.*+?()[\]{}|/]/, '\\$&');
    rest = rest.slice(token.length);
  }
  if (!/<year>|<shortYear>/.test(pattern) || !pattern.includes('<month>') || !pattern.includes('<day>'))
    return undefined;
  try {
    return new RegExp(`^${pattern}$`);
  } catch {
    return undefined;
  }
};

const minutesOf = (offset: string): number => {
  const [, sign, hours, minutes = '0'] = /^([+-])(\d{2}):?(\d{2})?$/.exec(offset) ?? [];
  return sign === undefined ? 0 : (sign === '-' ? -1 : 1) * (Number(hours) * 60 + Number(minutes));
};

const hourOf = (hour: string, half: string | undefined): number => {
  if (half === undefined) return Number(hour);
  return (Number(hour) % 12) + (half.toLowerCase().startsWith('p') ? 12 : 0);
};

const partsIn = (text: string, pattern: RegExp): Parts | undefined => {
  const groups = pattern.exec(text)?.groups;
  if (groups === undefined) return undefined;
  const { year, shortYear = '', month, day, hour = '0', minute = '0', second = '0', half, offset } = groups;
  return {
    year: year === undefined ? 2000 + Number(shortYear) : Number(year),
    month: Number(month),
    day: Number(day),
    hour: hourOf(hour, half),
    minute: Number(minute),
    second: Number(second),
    millisecond: Number((groups['fraction'] ?? '').slice(0, 3).padEnd(3, '0')),
    offset: offset === undefined ? undefined : minutesOf(offset),
  };
};

/** The moment as if the text were in UTC; undefined if there is no such day or time. */
const asUtc = ({ year, month, day, hour, minute, second, millisecond }: Parts): number | undefined => {
  if (hour > 23 || minute > 59 || second > 59 || year < 1900) return undefined;
  const at = Date.UTC(year, month - 1, day, hour, minute, second, millisecond);
  const date = new Date(at);
  return date.getUTCMonth() === month - 1 && date.getUTCDate() === day ? at : undefined;
};

/** Whether the system knows a time zone by this name. */
export const isZone = (zone: string): boolean => {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: zone }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
};

const MOST_REMEMBERED = 10_000;

/** How far a zone is ahead of UTC at a moment, in milliseconds. Offsets change at full quarters of an hour at most. */
const offsetsOf = (zone: string): ((at: number) => number) => {
  const known = new Map<number, number>();
  return (at) => {
    const quarter = Math.floor(at / (15 * MINUTE)) * 15 * MINUTE;
    const remembered = known.get(quarter);
    if (remembered !== undefined) return remembered;
    const offset = wallTimeIn(zone, quarter) - quarter;
    if (known.size >= MOST_REMEMBERED) known.clear();
    known.set(quarter, offset);
    return offset;
  };
};

/** The moment at which the clocks of a zone showed this time; if there are two, the first. */
const inZone = (
  shown: number,
  offsetAt: (at: number) => number,
): { readonly at: number; readonly shown: 0 | 1 | 2 } => {
  const before = offsetAt(shown - DAY);
  const [at, again] = [...new Set([before, offsetAt(shown + DAY)])]
    .map((offset) => shown - offset)
    .filter((moment) => offsetAt(moment) === shown - moment)
    .toSorted((a, b) => a - b);
  if (at === undefined) return { at: shown - before, shown: 0 };
  return { at, shown: again === undefined ? 1 : 2 };
};

/**
 * Reads times: ISO 8601 and its relatives, or those of a format (`d.M.yyyy H:mm`, with `a` for am and pm, `XXX` for an
 * offset). A time without an offset is in the given zone.
 */
export const openTimes = ({
  format,
  zone,
}: {
  readonly format?: string | undefined;
  readonly zone?: string | undefined;
}): ReadTimeOf => {
  const pattern = format === undefined ? ISO : timePattern(format);
  const offsetAt = zone === undefined ? undefined : offsetsOf(zone);
  const expected = `a time such as ${format ?? '2026-03-28 23:30:00 +0100'}`;
  return (text) => {
    const parts = pattern === undefined ? undefined : partsIn(text, pattern);
    const shown = parts === undefined ? undefined : asUtc(parts);
    if (parts === undefined || shown === undefined) return { problem: expected };
    if (parts.offset !== undefined) return { at: new Date(shown - parts.offset * MINUTE).toISOString(), shown: 1 };
    if (offsetAt === undefined) return { problem: 'a time with its offset from UTC, or --zone on the command line' };
    const found = inZone(shown, offsetAt);
    return { at: new Date(found.at).toISOString(), shown: found.shown };
  };
};

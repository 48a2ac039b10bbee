import type { Parser } from './parser.ts';

/** Lowest and highest value of minute, hour, day of month, month and day of week. */
const FIELDS = [
  [0, 59],
  [0, 23],
  [1, 31],
  [1, 12],
  [0, 6],
] as const;

const PART = /^(?:\*(?:\/(\d{1,2}))?|(\d{1,2})(?:-(\d{1,2}))?)$/;

const isPart = (text: string, min: number, max: number): boolean => {
  const found = PART.exec(text);
  if (found === null) return false;
  const [, step, from, to = from] = found;
  if (from === undefined) return step === undefined || Number(step) > 0;
  return Number(from) >= min && Number(to) >= Number(from) && Number(to) <= max;
};

/** The five fields of a crontab: a star, a star with a step, a number, a range, and lists of these. */
export const crontabTime: Parser<string> = {
  expected: 'five crontab fields (minute hour day month weekday), such as */5 * * * *',
  parse: (value) => {
    const fields = value.split(/\s+/);
    const isRight =
      fields.length === FIELDS.length &&
      FIELDS.every(([min, max], at) => (fields[at] ?? '').split(',').every((part) => isPart(part, min, max)));
    return isRight ? fields.join(' ') : undefined;
  },
};

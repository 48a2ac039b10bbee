const formatters = new Map<string, Intl.DateTimeFormat>();
const formatterFor = (timeZone: string): Intl.DateTimeFormat => {
  const known = formatters.get(timeZone);
  if (known !== undefined) return known;
  const fresh = new Intl.DateTimeFormat('en-US', {
    timeZone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  });
  formatters.set(timeZone, fresh);
  return fresh;
};

/** The time that the clocks of a zone (IANA name) show at a moment, as if it were UTC; both in milliseconds since 1970. */
export const wallTimeIn = (timeZone: string, at: number): number => {
  const parts = new Map(
    formatterFor(timeZone)
      .formatToParts(at)
      .map(({ type, value }) => [type, Number(value)]),
  );
  const part = (type: Intl.DateTimeFormatPartTypes): number => parts.get(type) ?? 0;
  return Date.UTC(part('year'), part('month') - 1, part('day'), part('hour'), part('minute'), part('second'));
};

/** The moment at which a zone's clocks come to show midnight of this day; where they skip it, what comes first. */
export const startOfDay = (midnight: number, timeZone: string): number => {
  const guess = midnight - (wallTimeIn(timeZone, midnight) - midnight);
  const start = midnight - (wallTimeIn(timeZone, guess) - guess);
  return wallTimeIn(timeZone, start) < midnight ? start + (midnight - wallTimeIn(timeZone, start)) : start;
};

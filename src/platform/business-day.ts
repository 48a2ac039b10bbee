/** Of an instant: `2026-03-01T12:00`. */
const MINUTE_LENGTH = 16;

/** Gives the calendar day on which an instant falls in a time zone (IANA name), as `2026-03-01`. */
export const businessDayIn = (timeZone: string): ((at: string) => string) => {
  const format = new Intl.DateTimeFormat('sv-SE', { timeZone, calendar: 'gregory', dateStyle: 'short' });
  // Days change on a full minute in every zone, and most calls ask about the same few minutes.
  let known = { minute: '', day: '' };
  return (at) => {
    const minute = at.slice(0, MINUTE_LENGTH);
    if (minute !== known.minute) known = { minute, day: format.format(new Date(at)) };
    return known.day;
  };
};

/** Gives the calendar year in which an instant falls in a time zone (IANA name). */
export const businessYearIn = (timeZone: string): ((at: string) => number) => {
  const format = new Intl.DateTimeFormat('en-US', { timeZone, year: 'numeric', calendar: 'gregory' });
  // Years change on a full minute in every zone, and most calls ask about the present one.
  let known = { minute: '', year: 0 };
  return (at) => {
    const minute = at.slice(0, MINUTE_LENGTH);
    if (minute !== known.minute) known = { minute, year: Number(format.format(new Date(at))) };
    return known.year;
  };
};

/** Of an instant: `2026-03-01T12:00`. */
const MINUTE_LENGTH = 16;

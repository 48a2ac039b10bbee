/** Gives the calendar year in which an instant falls in a time zone (IANA name). */
export const businessYearIn = (timeZone: string): ((at: string) => number) => {
  const format = new Intl.DateTimeFormat('en-US', { timeZone, year: 'numeric', calendar: 'gregory' });
  return (at) => Number(format.format(new Date(at)));
};

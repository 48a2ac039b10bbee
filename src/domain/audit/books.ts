/** The first day on which the books of a year need to be kept no longer: `years` are counted from the end of that year. */
export const booksEndOn = (year: number, years: number): string => `${String(year + years + 1).padStart(4, '0')}-01-01`;

/** Whether books of a year must still be kept on a day. */
export const mustKeepBooks = (year: number, years: number, today: string): boolean => today < booksEndOn(year, years);

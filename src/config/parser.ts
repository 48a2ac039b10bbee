/** Reads the text of a variable; undefined if the text is not valid. */
export type Parser<T> = { readonly expected: string; readonly parse: (text: string) => T | undefined };

export const text = (expected = 'a text'): Parser<string> => ({ expected, parse: (value) => value });

export const oneOf = <const T extends string>(...words: readonly T[]): Parser<T> => ({
  expected: words.join(' or '),
  parse: (value) => words.find((word) => word === value),
});

export const flag: Parser<boolean> = {
  expected: 'true or false',
  parse: (value) => (value === 'true' ? true : value === 'false' ? false : undefined),
};

export const whole = (min: number, max: number): Parser<number> => ({
  expected: `a whole number from ${min} to ${max}`,
  parse: (value) => {
    const number = /^\d{1,15}$/.test(value) ? Number(value) : Number.NaN;
    return number >= min && number <= max ? number : undefined;
  },
});

export const matching = (pattern: RegExp, expected: string): Parser<string> => ({
  expected,
  parse: (value) => (pattern.test(value) ? value : undefined),
});

/** A URL with one of the schemes, kept as written. */
export const url = (...schemes: readonly string[]): Parser<string> => ({
  expected: `a URL that starts with ${schemes.map((scheme) => `${scheme}://`).join(' or ')}`,
  parse: (value) => {
    const known = schemes.some((scheme) => value.startsWith(`${scheme}://`) && value.length > scheme.length + 3);
    return known && !/\s/.test(value) ? value : undefined;
  },
});

/** Comma-separated; spaces around the commas do not matter. */
export const list = <T>(item: Parser<T>): Parser<readonly T[]> => ({
  expected: `a comma-separated list, each ${item.expected}`,
  parse: (value) => {
    const items = value.split(',').map((each) => item.parse(each.trim()));
    return items.every((each) => each !== undefined) ? items : undefined;
  },
});

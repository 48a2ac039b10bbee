import { parseArgs, type ParseArgsConfig } from 'node:util';
import { UsageError } from './usage-error.ts';

/** How many letters must be added, left out or replaced to make one word the other. */
const distance = (one: string, other: string): number => {
  const others = Array.from(other);
  let row = [0, ...others.map((_, at) => at + 1)];
  for (const [index, letter] of Array.from(one).entries()) {
    const next = [index + 1];
    for (const [at, otherLetter] of others.entries()) {
      const replaced = (row[at] ?? 0) + (letter === otherLetter ? 0 : 1);
      next.push(Math.min(replaced, (row[at + 1] ?? 0) + 1, (next[at] ?? 0) + 1));
    }
    row = next;
  }
  return row.at(-1) ?? 0;
};

/** Shorter words are like too many others. */
const LEAST_BEGINNING = 4;
const MOST_LETTERS = 2;

/** The known word that was probably meant. */
const meantBy = (word: string, known: readonly string[]): string | undefined => {
  const [closest] = known
    .map((one) => ({ one, letters: distance(word.toLowerCase(), one) }))
    .toSorted((a, b) => a.letters - b.letters);
  if (closest !== undefined && closest.letters <= (word.length < LEAST_BEGINNING ? 1 : MOST_LETTERS))
    return closest.one;
  if (word.length < LEAST_BEGINNING) return undefined;
  return known.find((one) => one.startsWith(word) || (one.length >= LEAST_BEGINNING && word.startsWith(one)));
};

const withUsage = (sentence: string, usage: string): UsageError => new UsageError(`${sentence}\n\n${usage}`);

/** Names the wrong word first, with the one that was probably meant or all that are known, and then how to call it. */
export const unknownWord = (
  what: string,
  word: string,
  { known, usage }: { readonly known: readonly string[]; readonly usage: string },
): UsageError => {
  const meant = meantBy(word, known);
  const help = meant === undefined ? `Expected one of ${known.join(', ')}.` : `Did you mean ${meant}?`;
  return withUsage(`The ${what} ${JSON.stringify(word)} is not known. ${help}`, usage);
};

/** @throws UsageError if there are words that the command has no use for */
export const demandNoMore = ([word]: readonly string[], usage: string): void => {
  if (word !== undefined) throw withUsage(`${JSON.stringify(word)} is one word too many.`, usage);
};

/** The known word that an option has. @throws UsageError */
export const oneOf = <const W extends string>(option: string, word: string, known: readonly W[]): W => {
  const found = known.find((one) => one === word);
  if (found === undefined)
    throw new UsageError(`--${option} is ${JSON.stringify(word)}; expected one of ${known.join(', ')}`);
  return found;
};

const faultOf = (error: unknown, { options = {} }: ParseArgsConfig, usage: string): unknown => {
  if (!(error instanceof Error) || !('code' in error)) return error;
  const [, word = ''] = /'([^' ]+)/.exec(error.message) ?? [];
  const known = Object.keys(options).map((name) => `--${name}`);
  if (error.code === 'ERR_PARSE_ARGS_UNKNOWN_OPTION') return unknownWord('option', word, { known, usage });
  if (error.code === 'ERR_PARSE_ARGS_INVALID_OPTION_VALUE')
    return withUsage(`${word} ${error.message.includes('does not take') ? 'takes no value' : 'needs a value'}.`, usage);
  if (error.code === 'ERR_PARSE_ARGS_UNEXPECTED_POSITIONAL')
    return withUsage(`${JSON.stringify(word)} is one word too many.`, usage);
  return error;
};

/** The options and words of a command. @throws UsageError that names the wrong one */
export const parseFlags = <const T extends ParseArgsConfig>(config: T, usage: string) => {
  try {
    return parseArgs(config);
  } catch (error) {
    throw faultOf(error, config, usage);
  }
};

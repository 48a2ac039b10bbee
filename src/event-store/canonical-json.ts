import type { JsonObject, JsonValue } from './port.ts';

/** Short texts that are written as they are: most ids, words and times. */
const PLAIN = /^[ !#-[\]-~]{0,64}$/;

const quote = (text: string): string => {
  if (text.length <= 64 && PLAIN.test(text)) return `"${text}"`;
  if (!text.isWellFormed()) throw new TypeError('half a surrogate pair has no canonical form');
  return JSON.stringify(text);
};

/** Names of members with their quotes and colon. Few names make up nearly all events: those are kept. */
const NAMES_KEPT = 2_000;
const quotedNames = new Map<string, string>();

const quoteName = (name: string): string => {
  const known = quotedNames.get(name);
  if (known !== undefined) return known;
  const quoted = `${quote(name)}:`;
  if (quotedNames.size < NAMES_KEPT) quotedNames.set(name, quoted);
  return quoted;
};

/** Sorts in place by UTF-16 units. Objects have few members: this takes half the time of `sort`. */
const sortNames = (names: string[]): string[] => {
  for (let at = 1; at < names.length; at++) {
    const name = names[at] ?? '';
    let to = at;
    for (let before = names[to - 1] ?? ''; to > 0 && before > name; before = names[to - 1] ?? '') names[to--] = before;
    names[to] = name;
  }
  return names;
};

/** Above this the time of an insertion sort grows too fast. */
const FEW = 32;

const list = (values: readonly JsonValue[]): string => {
  let text = '';
  for (let n = 0; n < values.length; n++) text += (n === 0 ? '' : ',') + canonicalJson(values[n] ?? null);
  return `[${text}]`;
};

const isList = (value: object): value is readonly JsonValue[] => Array.isArray(value);

/**
 * Canonical JSON (RFC 8785) of a JSON value without cycles: members in the order of their names' UTF-16 units, nothing
 * between. What is undefined is left out. Hundreds of events a second are hashed over it, hence no library.
 * @throws TypeError for numbers and strings that JSON cannot hold
 */
export const canonicalJson = (value: JsonValue): string => {
  if (typeof value === 'string') return quote(value);
  if (typeof value === 'number' && !Number.isFinite(value)) throw new TypeError(`${value} has no canonical form`);
  if (value === null || typeof value !== 'object') return String(value);
  return isList(value) ? list(value) : `{${canonicalMembers(value)}}`;
};

/** The members of an object in canonical JSON, without its braces. */
export const canonicalMembers = (value: JsonObject): string => {
  const names = Object.keys(value);
  let text = '';
  for (const name of names.length > FEW ? names.sort() : sortNames(names)) {
    const member = value[name];
    if (member !== undefined) text += (text === '' ? '' : ',') + quoteName(name) + canonicalJson(member);
  }
  return text;
};

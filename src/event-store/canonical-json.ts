import type { JsonValue } from './port.ts';

const quote = (text: string): string => {
  if (!text.isWellFormed()) throw new TypeError('half a surrogate pair has no canonical form');
  return JSON.stringify(text);
};

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
  if (isList(value)) return list(value);
  let text = '';
  for (const name of Object.keys(value).sort()) {
    const member = value[name];
    if (member !== undefined) text += `${text === '' ? '' : ','}${quote(name)}:${canonicalJson(member)}`;
  }
  return `{${text}}`;
};

import { isIP } from 'node:net';
import { isWithinReach, type Reach } from './outgoing-addresses.ts';

/** A URL that may be asked as far as its text tells, or what is expected instead. */
export type CheckedUrl =
  | { readonly ok: true; readonly url: URL; readonly reach: Reach }
  | { readonly ok: false; readonly expected: string };

const invalid = (expected: string): CheckedUrl => ({ ok: false, expected });

/** The host without the brackets of IPv6. URLs write every form of an address (decimal, octal, hex) in one. */
export const hostOf = ({ hostname }: URL): string => hostname.replace(/^\[|\]$/g, '');

const isThisMachine = (host: string): boolean =>
  isIP(host) === 0 ? /^(?:.+\.)?localhost\.?$/.test(host) : isWithinReach(host, 'loopback');

const isPlainUrl = ({ username, password }: URL): boolean => username === '' && password === '';

/** Names are looked at when they are resolved. */
const isForbiddenAddress = (url: URL, reach: Reach): boolean => {
  const host = hostOf(url);
  return isIP(host) !== 0 && !isWithinReach(host, reach);
};

/** A URL that the operator configured: HTTP, also in private networks, never where machines get their credentials. */
export const checkConfiguredUrl = (text: string): CheckedUrl => {
  if (!/^https?:\/\//i.test(text) || /\s/.test(text) || !URL.canParse(text))
    return invalid('a URL that starts with http:// or https://');
  const url = new URL(text);
  if (!isPlainUrl(url)) return invalid('a URL without user name and password in it');
  if (isForbiddenAddress(url, 'private')) return invalid('no link-local, metadata or reserved address');
  return { ok: true, url, reach: 'private' };
};

/** Below 1024 live other protocols, which a request of ours could be mistaken for. */
const isWebPort = ({ port }: URL): boolean => port === '' || port === '443' || Number(port) >= 1024;

/**
 * A URL that a user gave: HTTPS to a public address. `allowPrivate` opens private networks, and plain HTTP to this
 * machine, for trials.
 */
export const checkGivenUrl = (text: string, { allowPrivate }: { readonly allowPrivate: boolean }): CheckedUrl => {
  const scheme = allowPrivate ? 'https:// (http:// on loopback only)' : 'https://';
  if (!/^https?:\/\//i.test(text) || /\s/.test(text) || !URL.canParse(text))
    return invalid(`a URL that starts with ${scheme}`);
  const url = new URL(text);
  const isLocal = allowPrivate && isThisMachine(hostOf(url));
  if (url.protocol !== 'https:' && !isLocal) return invalid(`a URL that starts with ${scheme}`);
  if (!isPlainUrl(url)) return invalid('a URL without user name and password in it');
  if (!isWebPort(url) && !(isLocal && url.port === '80')) return invalid('port 443, or one from 1024');
  const reach = url.protocol === 'http:' ? 'loopback' : allowPrivate ? 'private' : 'public';
  if (isForbiddenAddress(url, reach) || (!allowPrivate && isThisMachine(hostOf(url))))
    return invalid('an address on the public internet');
  return { ok: true, url, reach };
};

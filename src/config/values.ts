import { createPrivateKey } from 'node:crypto';
import { isIP } from 'node:net';
import ipaddr from 'ipaddr.js';
import { isCurrency } from '../domain/shared/currency.ts';
import { parseAmount } from '../domain/shared/amount-notation.ts';
import type { Minor } from '../domain/shared/money.ts';
import { isTaxRate } from '../domain/shared/tax-rate.ts';
import { checkConfiguredUrl } from '../platform/outgoing-url.ts';
import { isLoopback } from './loopback.ts';
import type { Parser } from './parser.ts';

export const currency: Parser<string> = {
  expected: 'an ISO 4217 currency code in capitals, such as EUR',
  parse: (value) => (isCurrency(value) ? value : undefined),
};

export const taxRate: Parser<string> = {
  expected: 'a fraction from 0 to 1 with at most 6 decimals, such as 0.19',
  parse: (value) => (isTaxRate(value) ? value : undefined),
};

/** `JPY:500,KWD:1.500` as amounts in minor units. */
export const feesByCurrency: Parser<ReadonlyMap<string, Minor>> = {
  expected: 'CURRENCY:amount pairs with no more decimals than the currency has, such as JPY:500,KWD:1.500',
  parse: (value) => {
    const fees = new Map<string, Minor>();
    for (const pair of value.split(',')) {
      const [code = '', amount = '', ...rest] = pair.trim().split(':');
      const parsed = parseAmount(amount, code);
      if (rest.length > 0 || fees.has(code) || !('minor' in parsed) || parsed.minor < 0) return undefined;
      fees.set(code, parsed.minor);
    }
    return fees;
  },
};

export const timeZone: Parser<string> = {
  expected: 'an IANA time zone, such as Europe/Berlin',
  parse: (value) => {
    try {
      return new Intl.DateTimeFormat('en', { timeZone: value }).resolvedOptions().timeZone;
    } catch {
      return undefined;
    }
  },
};

/** 32 bytes in base64. */
export const masterKey: Parser<Buffer> = {
  expected: '32 random bytes in base64 (44 characters; generate them with `openssl rand -base64 32`)',
  parse: (value) => {
    const key = Buffer.from(value, 'base64');
    return key.length === 32 && key.toString('base64') === value ? key : undefined;
  },
};

const isEd25519Key = (der: Buffer): boolean => {
  try {
    return createPrivateKey({ key: der, format: 'der', type: 'pkcs8' }).asymmetricKeyType === 'ed25519';
  } catch {
    return false;
  }
};

const NEW_SIGNING_KEY = '`openssl genpkey -algorithm ed25519 -outform DER | base64`';

/** An Ed25519 key: DER-encoded PKCS #8, in base64. */
export const signingKey: Parser<Buffer> = {
  expected: `an Ed25519 key, PKCS #8 in DER and base64 (make one with ${NEW_SIGNING_KEY})`,
  parse: (value) => {
    const key = Buffer.from(value, 'base64');
    return key.toString('base64') === value && isEd25519Key(key) ? key : undefined;
  },
};

export const signingKeyOrOff: Parser<Buffer | 'off'> = {
  expected: `${signingKey.expected}, or off`,
  parse: (value) => (value === 'off' ? 'off' : signingKey.parse(value)),
};

/** The base URL of a service, kept as written. */
export const serviceUrl: Parser<string> = {
  expected:
    'a URL that starts with http:// or https://, without credentials and not at a link-local or metadata address',
  parse: (value) => (checkConfiguredUrl(value).ok ? value : undefined),
};

/** Keys must come over a connection that others cannot change: HTTPS, or HTTP on loopback. */
export const keysUrl: Parser<string> = {
  expected: 'a URL that starts with https:// (http:// on loopback only)',
  parse: (value) => {
    const checked = checkConfiguredUrl(value);
    if (!checked.ok) return undefined;
    const { protocol, hostname } = checked.url;
    return protocol === 'https:' || (protocol === 'http:' && isLoopback(hostname.replace(/^\[|\]$/g, '')))
      ? value
      : undefined;
  },
};

/** An address or a CIDR range. */
export const addressOrRange: Parser<string> = {
  expected: 'an IP address or a CIDR range such as 10.0.0.0/8',
  parse: (value) => (isIP(value) !== 0 || ipaddr.isValidCIDR(value) ? value : undefined),
};

/** An origin as browsers send it, or `*`. */
export const origin: Parser<string> = {
  expected: 'an origin such as https://shop.example, or *',
  parse: (value) => {
    if (value === '*') return value;
    return URL.canParse(value) && new URL(value).origin === value ? value : undefined;
  },
};

export type Mailbox = { readonly name: string | null; readonly address: string };

const MAILBOX =
  /^(?:([^<>\p{Cc}]*)<([^\s<>"(),:;@[\\\]]+@[^\s<>"(),:;@[\\\]]+)>|([^\s<>"(),:;@[\\\]]+@[^\s<>"(),:;@[\\\]]+))$/u;

/** The name without surrounding quotes; undefined if it contains other quotes. */
const unquoted = (name: string): string | undefined => {
  const inner = name.length > 1 && name.startsWith('"') && name.endsWith('"') ? name.slice(1, -1) : name;
  return inner.includes('"') ? undefined : inner;
};

/** `orders@shop.example` or `My Shop <orders@shop.example>`. */
export const mailbox: Parser<Mailbox> = {
  expected: 'an e-mail address, or a name and an address: My Shop <orders@shop.example>',
  parse: (value) => {
    const [, before = '', named, alone] = MAILBOX.exec(value) ?? [];
    const [name, address] = [unquoted(before.trim()), named ?? alone];
    return name === undefined || address === undefined ? undefined : { name: name === '' ? null : name, address };
  },
};

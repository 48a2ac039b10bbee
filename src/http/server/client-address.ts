import type { IncomingMessage } from 'node:http';
import { isIP } from 'node:net';
import ipaddr from 'ipaddr.js';

type Address = ipaddr.IPv4 | ipaddr.IPv6;

/** `::ffff:10.0.0.1` is `10.0.0.1`; undefined: no address. */
const read = (text: string): Address | undefined => (isIP(text) === 0 ? undefined : ipaddr.process(text));

const rangeOf = (text: string): [Address, number] => {
  if (text.includes('/')) return ipaddr.parseCIDR(text);
  const address = ipaddr.process(text);
  return [address, address.kind() === 'ipv4' ? 32 : 128];
};

/** `203.0.113.7`, `203.0.113.7:4711`, `[2001:db8::1]:4711`, as proxies write it; without the port. */
const withoutPort = (text: string): string =>
  /^\[(.+)\](?::\d+)?$/.exec(text)?.[1] ?? /^([\d.]+):\d+$/.exec(text)?.[1] ?? text;

/** The `for` of a `Forwarded` element (RFC 7239). */
const forwardedFor = (element: string): string => /(?:^|;)\s*for="?([^";]+)"?/i.exec(element)?.[1]?.trim() ?? 'unknown';

const chainOf = ({ headers }: IncomingMessage): readonly string[] => {
  const listed = headers['x-forwarded-for'];
  if (listed !== undefined)
    return [listed]
      .flat()
      .join(',')
      .split(',')
      .map((hop) => hop.trim());
  return headers.forwarded?.split(',').map(forwardedFor) ?? [];
};

/** Whether an address is one of these, or lies in one of these ranges. */
export const addressIn = (addresses: readonly string[]): ((address: string) => boolean) => {
  const ranges = addresses.map(rangeOf);
  return (text) => {
    const address = read(text);
    return (
      address !== undefined &&
      ranges.some(([range, bits]) => address.kind() === range.kind() && address.match(range, bits))
    );
  };
};

export type ClientAddress = (request: IncomingMessage) => string | undefined;

/**
 * Whose address a request comes from. Only what a trusted proxy wrote is believed: the chain is read from the right, and
 * the first address that is none of ours is the client, whatever it wrote itself further left.
 */
export const createClientAddress = (trustedProxies: readonly string[]): ClientAddress => {
  const isTrusted = addressIn(trustedProxies);
  return (request) => {
    const own = request.socket.remoteAddress;
    if (own === undefined || trustedProxies.length === 0) return own;
    let client = read(own);
    for (const hop of chainOf(request).toReversed()) {
      if (client === undefined || !isTrusted(client.toString())) break;
      const before = read(withoutPort(hop));
      if (before === undefined) break;
      client = before;
    }
    return client?.toString() ?? own;
  };
};

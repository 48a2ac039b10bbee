import { isIP } from 'node:net';
import ipaddr from 'ipaddr.js';

/**
 * How far a request of ours may go. `public`: to addresses on the public internet. `private`: also into private
 * networks and to this machine, but never where machines are given their credentials. `loopback`: to this machine alone.
 */
export type Reach = 'public' | 'private' | 'loopback';

const PRIVATE_RANGES: ReadonlySet<string> = new Set(['private', 'loopback', 'uniqueLocal', 'carrierGradeNat']);

/** Where clouds hand out credentials outside the link-local range: AWS over IPv6, Alibaba, Oracle, Azure. */
const METADATA: ReadonlySet<string> = new Set(['fd00:ec2::254', '100.100.100.200', '192.0.0.192', '168.63.129.16']);

/** The only part of IPv6 that is routed on the internet. */
const GLOBAL_IPV6 = ipaddr.IPv6.parseCIDR('2000::/3');

/** IPv6 that stands for IPv4: mapped, and translated on its way (NAT64). */
const IPV4_IN_IPV6 = [ipaddr.IPv6.parseCIDR('::ffff:0:0/96'), ipaddr.IPv6.parseCIDR('64:ff9b::/96')];

type Address = ipaddr.IPv4 | ipaddr.IPv6;

/** `::ffff:10.0.0.1` is judged as `10.0.0.1`. */
const plain = (address: Address): Address =>
  address.kind() === 'ipv6' && IPV4_IN_IPV6.some((range) => address.match(range))
    ? new ipaddr.IPv4(address.toByteArray().slice(-4))
    : address;

const isPublic = (address: Address): boolean =>
  address.range() === 'unicast' && (address.kind() === 'ipv4' || address.match(GLOBAL_IPV6));

/** Whether an IP address, as a resolver or a parsed URL writes it, may be asked. What is no address may not. */
export const isWithinReach = (text: string, reach: Reach): boolean => {
  if (isIP(text) === 0) return false;
  const address = plain(ipaddr.parse(text));
  if (METADATA.has(address.toString())) return false;
  if (reach === 'loopback') return address.range() === 'loopback';
  return isPublic(address) || (reach === 'private' && PRIVATE_RANGES.has(address.range()));
};

import type { Server } from 'node:http';
import type { Socket } from 'node:net';
import ipaddr from 'ipaddr.js';

export type ConnectionLimit = {
  /** Maximum number of open connections from one address. 0: no limit. */
  readonly perAddress: number;
  /** Whether an address may have as many as it likes: many clients share that of a proxy. */
  readonly isExempt: (address: string) => boolean;
};

/** Groups of an IPv6 address that name a network: a host that has one address of it has all of them. */
const NETWORK_GROUPS = 4;

/** What is counted as one address: an IPv4 address, or an IPv6 network of 64 bits. */
const countedAs = (address: string): string => {
  const parsed = ipaddr.process(address);
  return parsed.kind() === 'ipv4'
    ? parsed.toString()
    : parsed.toNormalizedString().split(':').slice(0, NETWORK_GROUPS).join(':');
};

/** Closes connections of one address above the limit as they come, so that one client cannot take all there are. */
export const limitConnections = (server: Server, { perAddress, isExempt }: ConnectionLimit): void => {
  if (perAddress === 0) return;
  const open = new Map<string, number>();
  server.on('connection', (socket: Socket) => {
    const { remoteAddress } = socket;
    if (remoteAddress === undefined || isExempt(remoteAddress)) return;
    const name = countedAs(remoteAddress);
    const count = (open.get(name) ?? 0) + 1;
    if (count > perAddress) {
      socket.destroy();
      return;
    }
    open.set(name, count);
    socket.once('close', () => {
      const left = (open.get(name) ?? 1) - 1;
      if (left === 0) open.delete(name);
      else open.set(name, left);
    });
  });
};

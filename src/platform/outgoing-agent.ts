import { lookup as systemLookup, type LookupAddress } from 'node:dns';
import { isIP, type LookupFunction } from 'node:net';
import { Agent, buildConnector } from 'undici';
import { isWithinReach, type Reach } from './outgoing-addresses.ts';

/** The address that a request would have gone to is none that it may go to. Nothing was sent. */
export class AddressRejected extends Error {
  override readonly name = 'AddressRejected';
  readonly code = 'EADDRREFUSED';
  constructor(host: string) {
    super(`${host} is at an address that may not be asked`);
  }
}

export type AgentOptions = {
  readonly reach: Reach;
  /** How a name becomes addresses. Default: the system's resolver. */
  readonly lookup?: LookupFunction;
  /** How long a connection may take to come about, in milliseconds. Default 5000. */
  readonly connectMs?: number;
  /** Connections to one origin at a time. Default: as many as are asked for. */
  readonly connections?: number;
};

const listOf = (address: string | readonly LookupAddress[], family: number | undefined): readonly LookupAddress[] =>
  typeof address === 'string' ? [{ address, family: family ?? isIP(address) }] : address;

/** Resolves a name to addresses that may be asked, all of them or none: a connection is made to what was looked at. */
const guarded =
  (reach: Reach, lookup: LookupFunction): LookupFunction =>
  (host, options, callback) =>
    lookup(host, { ...options, all: true }, (error, address, family) => {
      const found = error === null ? listOf(address, family) : [];
      const [first] = found;
      if (error !== null) callback(error, []);
      else if (first === undefined || !found.every((each) => isWithinReach(each.address, reach)))
        callback(new AddressRejected(host), []);
      else if (options.all === true) callback(null, [...found]);
      else callback(null, first.address, first.family);
    });

/** Connections that only go where they may, however the name resolves at that moment. */
export const createOutgoingAgent = (options: AgentOptions): Agent => {
  const { reach, lookup = systemLookup, connectMs = 5_000, connections } = options;
  const open = buildConnector({ lookup: guarded(reach, lookup), timeout: connectMs });
  return new Agent({
    ...(connections !== undefined && { connections }),
    connect: (request, callback) => {
      // An address in a URL is never looked up.
      const host = request.hostname.replace(/^\[|\]$/g, '');
      if (isIP(host) !== 0 && !isWithinReach(host, reach)) callback(new AddressRejected(host), null);
      else open(request, callback);
    },
  });
};

import { lookup as systemLookup } from 'node:dns';
import { isIP, type LookupFunction } from 'node:net';
import { request, type Agent } from 'undici';
import { AddressRejected, createOutgoingAgent } from './outgoing-agent.ts';
import { isWithinReach, type Reach } from './outgoing-addresses.ts';
import { checkGivenUrl, hostOf, type CheckedUrl } from './outgoing-url.ts';

export type OutgoingPostOptions = {
  /** Whether users may name private networks, and plain HTTP on this machine. */
  readonly allowPrivate: boolean;
  /** How a name becomes addresses. Default: the system's resolver. */
  readonly lookup?: LookupFunction;
  /** How long one request may take, answer and all. Milliseconds, default 10 000. */
  readonly timeoutMs?: number;
  /** Connections to one origin at a time. Default 16. */
  readonly connections?: number;
};

export type Post = {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** Ends it before its time. */
  readonly signal?: AbortSignal;
};

/** The outcome of a request: the status of its answer, or a sentence with the reason why there is none. */
export type Posted = { readonly status: number } | { readonly failed: string };

/** Requests to URLs that users gave. Nothing of an answer but its status is looked at, and no redirect is followed. */
export type OutgoingPost = {
  /**
   * Whether such a URL may be asked as things are. A name that does not resolve yet passes: it is looked at again
   * later.
   */
  readonly check: (url: string) => Promise<CheckedUrl>;
  /** Never throws. */
  readonly send: (post: Post) => Promise<Posted>;
  readonly close: () => Promise<void>;
};

/** At most this many bytes of an answer are read, so that its connection can be reused; the rest is cut off. */
const MOST_READ = 65_536;

/** A name that is not known by then counts as unknown when it is given. */
const RESOLVE_MS = 2_000;

const resolve = (lookup: LookupFunction, host: string): Promise<readonly string[]> =>
  new Promise((done) => {
    const late = setTimeout(() => done([]), RESOLVE_MS);
    lookup(host, { all: true }, (error, found) => {
      clearTimeout(late);
      done(error !== null ? [] : typeof found === 'string' ? [found] : found.map(({ address }) => address));
    });
  });

const reasonOf = (error: unknown, timeoutMs: number): string => {
  if (error instanceof AddressRejected) return 'the address is none on the public internet';
  if (error instanceof Error && error.name === 'TimeoutError') return `no answer within ${timeoutMs} ms`;
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  return `no connection or no answer${/^[A-Z_]{3,40}$/.test(code) ? ` (${code})` : ''}`;
};

export const createOutgoingPost = (options: OutgoingPostOptions): OutgoingPost => {
  const { allowPrivate, lookup = systemLookup, timeoutMs = 10_000, connections = 16 } = options;
  const agents = new Map<Reach, Agent>();
  const agentFor = (reach: Reach): Agent => {
    const agent = agents.get(reach) ?? createOutgoingAgent({ reach, lookup, connections });
    agents.set(reach, agent);
    return agent;
  };
  return {
    check: async (text) => {
      const checked = checkGivenUrl(text, { allowPrivate });
      if (!checked.ok || isIP(hostOf(checked.url)) !== 0) return checked;
      const addresses = await resolve(lookup, hostOf(checked.url));
      return addresses.every((address) => isWithinReach(address, checked.reach))
        ? checked
        : { ok: false, expected: 'a name whose addresses are on the public internet' };
    },
    send: async ({ url, headers, body, signal }) => {
      const checked = checkGivenUrl(url, { allowPrivate });
      if (!checked.ok) return { failed: `the URL may not be asked: expected ${checked.expected}` };
      const late = AbortSignal.timeout(timeoutMs);
      try {
        const answer = await request(checked.url, {
          method: 'POST',
          headers,
          body,
          dispatcher: agentFor(checked.reach),
          signal: signal === undefined ? late : AbortSignal.any([late, signal]),
        });
        await answer.body.dump({ limit: MOST_READ });
        return { status: answer.statusCode };
      } catch (error) {
        return { failed: reasonOf(error, timeoutMs) };
      }
    },
    close: async () => {
      await Promise.all([...agents.values()].map((agent) => agent.destroy()));
    },
  };
};

import { coalesce } from '../../platform/coalesce.ts';
import type { EventStore } from '../port.ts';

type ReadStream = EventStore['readStream'];

/**
 * Readers of one stream at the same moment share a call. One that comes while a call is running does not get its answer,
 * which may be older than the question: it shares the next call.
 */
export const shareReads = (read: ReadStream): ReadStream => {
  type Options = Parameters<ReadStream>[1];
  type Events = Awaited<ReturnType<ReadStream>>;
  type Shared = { readonly ask: (options: Options) => Promise<Events>; readers: number };
  const shared = new Map<string, Shared>();

  const share = (stream: string): Shared => ({
    readers: 0,
    ask: coalesce<Options, Events>(async (askers) => {
      const events = await read(stream, askers[0]);
      return askers.map(() => events);
    }),
  });

  return async (stream, options = {}) => {
    const { from, direction, limit } = options;
    const key = [stream, from, direction, limit].join(' ');
    const one = shared.get(key) ?? share(stream);
    shared.set(key, one);
    one.readers += 1;
    try {
      return await one.ask(options);
    } finally {
      one.readers -= 1;
      if (one.readers === 0) shared.delete(key);
    }
  };
};

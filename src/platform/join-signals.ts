import { setMaxListeners } from 'node:events';

/** A signal that follows several others until it is let go. */
export type JoinedSignal = { readonly signal: AbortSignal; readonly letGo: () => void };

/**
 * Aborted as soon as one of these is. Let go, it leaves nothing behind: what `AbortSignal.any` leaves at a signal that
 * lives as long as the process adds up where signals are joined all day long.
 */
export const joinSignals = (...signals: readonly AbortSignal[]): JoinedSignal => {
  const joined = new AbortController();
  const abort = (): void => joined.abort();
  for (const signal of signals) {
    setMaxListeners(0, signal); // many may follow one that lives long
    if (signal.aborted) abort();
    signal.addEventListener('abort', abort);
  }
  return {
    signal: joined.signal,
    letGo: () => {
      for (const signal of signals) signal.removeEventListener('abort', abort);
    },
  };
};

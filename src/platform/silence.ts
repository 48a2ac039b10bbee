import { UNANSWERED } from './limit-answers.ts';

/**
 * What the pools of one process tell each other about connections that were swallowed without a word (failover, NAT). When
 * one query was never answered, the connections that were open when it was sent were most likely swallowed with its own.
 */
export type Silence = {
  /** A query sent at this moment (`performance.now()`) was not answered in its time. */
  readonly notice: (askedAt: number) => void;
  /** Calls this at each notice: no connection that was open at that moment is to be used again. */
  readonly onNotice: (renew: (askedAt: number) => void) => void;
};

export const createSilence = (): Silence => {
  const listeners: ((askedAt: number) => void)[] = [];
  return {
    notice: (askedAt) => {
      for (const renew of listeners) renew(askedAt);
    },
    onNotice: (renew) => void listeners.push(renew),
  };
};

/** Whether a statement had no answer within its limit. */
export const isUnanswered = (error: unknown): boolean => error instanceof Error && error.message === UNANSWERED;

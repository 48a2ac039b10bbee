import type { JobRequest } from '../jobs/queue.ts';

/**
 * One job for all messages: however many events ask for it, one waits, and one runs at a time. It takes what is due from
 * `messages` by itself. Whatever else there is to do goes first.
 */
const job = (key: string): JobRequest => ({ task: 'send-messages', payload: {}, key, queue: 'messages', priority: 10 });

export const sendMessagesNow = (): JobRequest => job('send-messages');

/** A key of its own, so that a later time never puts off what is wanted now. */
export const sendMessagesIn = (ms: number): JobRequest => ({
  ...job('send-messages-later'),
  run_at: new Date(Date.now() + ms).toISOString(),
});

import { problem } from '../problem.ts';

const tooLong = () =>
  problem(
    'request.timed_out',
    'The answer took too long. Repeat the request. A write may have happened, so repeat it with the same Idempotency-Key.',
    { headers: { 'Retry-After': '5' } },
  );

/** The work's outcome, or a 503 when it takes longer. Work in progress is not undone. */
export const withTimeLimit = async <T>(work: T | Promise<T>, ms: number): Promise<T> => {
  if (!(work instanceof Promise)) return work;
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(tooLong()), ms);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
};

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

/** Pauses between attempts: 17 attempts in about three days. */
const PAUSES = [
  5 * SECOND,
  30 * SECOND,
  2 * MINUTE,
  10 * MINUTE,
  30 * MINUTE,
  HOUR,
  2 * HOUR,
  4 * HOUR,
  ...Array.from({ length: 8 }, () => 8 * HOUR),
];
/** Up to a twentieth longer, so that what failed together does not come back together. */
const JITTER = 0.05;

/** How long to wait after so many attempts; undefined: no longer. */
export const pauseAfter = (attempts: number, random: () => number): number | undefined => {
  const pause = PAUSES[attempts - 1];
  return pause === undefined ? undefined : Math.round(pause * (1 + random() * JITTER));
};

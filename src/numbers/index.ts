/** Allocates readable numbers. It is a write, so it stands apart from the read model that the log refills. */
export { openNumberClaims, type Claim, type NumberClaims } from './claim-numbers.ts';
export { createDrawNumber } from './draw-numbers.ts';
export { readLastNumber } from './read-last.ts';

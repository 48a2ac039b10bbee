/** A log that proves itself: its Merkle tree, signed heads, proofs, and the verification of all of it. */
export { recordLog, type Numbering } from './record-log.ts';

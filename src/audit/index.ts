/** A log that proves itself: its Merkle tree, signed heads, proofs, and the verification of all of it. */
export { parseTileLevel, parseTilePath, TILE_WIDTH } from './formats/tiles.ts';
export { keepLog, type KeepLogDeps } from './keep-log.ts';
export { openHeads, OtherLogKey, readEpoch, RolledBack, type Head, type Heads } from './heads.ts';
export { openLogReader, type LogProofResult, type LogReader } from './log-reader.ts';
export { recordLog, waitForRecord, LogContradicts, type Numbering } from './record-log.ts';

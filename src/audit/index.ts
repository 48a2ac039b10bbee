/** The proof of the log: its Merkle tree, signed heads, proofs, and their verification. */
export { parseTileLevel, parseTilePath, TILE_WIDTH } from './formats/tiles.ts';
export { closeDaysTask, createCloseDays, type CloseDays } from './days/close-days.ts';
export { createFindClosedDay, type ClosedDay, type FindClosedDay } from './days/closed-days.ts';
export { acceptRestore, NothingRestored } from './accept-restore.ts';
export { publishHeadTask, witnessHeadTask } from './publish-head.ts';
export { parseWitness, type AskWitness, type Witness } from './witness.ts';
export { findReturnedKeys, readErasedKeys, type ReturnedKey } from './erased-keys.ts';
export { signStatement } from './sign-statement.ts';
export type { LogKeys } from './keys.ts';
export { rotateLogKeys } from './rotate-keys.ts';
export { keepLog, type KeepLogDeps } from './keep-log.ts';
export { openHeads, OtherLogKey, readEpoch, RolledBack, type Head, type Heads } from './heads.ts';
export { readLogState, type LogState } from './log-tree.ts';
export { openLogReader, type LogProofResult, type LogReader } from './log-reader.ts';
export { recordLog, waitForRecord, LogContradicts, type Numbering } from './record-log.ts';
export { FINDING_KINDS, type Finding, type FindingKind } from './verification/finding.ts';
export {
  NotRecordedYet,
  verifyLog,
  type Verification,
  type VerifyDeps,
  type VerifyOptions,
} from './verification/verify-log.ts';
export {
  openVerifications,
  VERIFICATION_STATES,
  type VerificationHealth,
  type Verifications,
  type VerificationView,
} from './verification/verifications.ts';
export { verifyLogTask, type VerifyTaskDeps } from './verification/verify-task.ts';
export { ReplacedLogKeys } from './verification/check-key-changes.ts';
export { readHeadsAt, type GivenHead } from './verification/check-heads.ts';
export { NotProvable } from './prove-events.ts';
export {
  demandNewFolder,
  FolderInUse,
  PackTooLarge,
  writePack,
  type ChangeRow,
  type PackDeps,
} from './pack/write-pack.ts';

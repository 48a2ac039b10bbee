/** Writes what the shop has to files: as of one position of the log, in bounded memory, to be continued after a crash. */
export type { Chunk } from './chunk.ts';
export { countOrders, HISTORY_READS, historyLines } from './history.ts';
export { exportPosition } from './position.ts';
export { CannotExport, writeExport, type Begun, type ExportFile } from './write-file.ts';

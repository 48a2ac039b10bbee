/** Writes what the shop has to files: as of one position of the log, in bounded memory, to be continued after a crash. */
export type { Chunk } from './chunk.ts';
export { HISTORY_READS, historyLines } from './history.ts';
export { countRows, exportPosition } from './position.ts';
export { CannotExport, exportTarget, writeExport, type Begun, type ExportFile } from './write-file.ts';
export { FORMATS, inFormat, type Form, type Format } from './format.ts';
export { reportFile } from './report-file.ts';
export type { ReadDeps } from './rows-as-of.ts';
export { statusesOf, tableNamed, TABLES, type Filters, type Table, type TableName } from './tables.ts';

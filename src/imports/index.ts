/** Imports the orders of other shop systems as history. */
export { openSheet } from './file/sheet.ts';
export { UnreadableFile, type Finding } from './findings.ts';
export { checkFile, writeFileOrders, type Checked, type FileToImport, type Imported } from './import-file.ts';
export { openImportRuns } from './import-runs.ts';
export { ImpossibleHistory, openPast, withoutInvoice, type PastOrder } from './past/past-order.ts';
export { createWritePast, despiteOutages, type WritePast } from './past/write-past.ts';
export { PROFILES } from './profiles/index.ts';
export { ownMap } from './profiles/own-map.ts';
export type { Profile } from './profiles/profile.ts';
export { isZone, openTimes } from './values/times.ts';
export { createWriteOrder, emailTokens } from './write.ts';

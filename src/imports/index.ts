/** Imports the orders of other shop systems as history. */
export { openSheet } from './file/sheet.ts';
export { UnreadableFile, type Finding } from './findings.ts';
export { checkFile, tableFile, writeFileOrders, type Checked, type Imported } from './import-file.ts';
export { openImportRuns } from './import-runs.ts';
export { ImpossibleHistory, openPast, withoutInvoice, type PastOrder } from './past/past-order.ts';
export { createWritePast, despiteOutages, type WritePast } from './past/write-past.ts';
export type { ImportedOrder } from './orders/imported-order.ts';
export { PROFILES } from './profiles/index.ts';
export { ownMap } from './profiles/own-map.ts';
export type { Profile } from './profiles/profile.ts';
export type { OrderFile } from './read-orders.ts';
export { historyFile } from './waybill/history-file.ts';
export type { PastHistory } from './waybill/read-line.ts';
export { createWriteHistory } from './waybill/write-history.ts';
export { noticesAfter, noticesOf, openSeriesWatch, type SeriesNotice, type SeriesReader } from './series.ts';
export { isZone, openTimes } from './values/times.ts';
export { createWriteOrder, emailTokens } from './write.ts';

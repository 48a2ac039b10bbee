export { addressLines } from './address-lines.ts';
export { type Credited, creditMemoDataOf } from './credit-memo-data.ts';
export {
  type DocumentFile,
  type DocumentFiles,
  type DocumentKey,
  documentFile,
  documentFilesIn,
} from './document-files.ts';
export { type DocumentSettings, invoiceDataOf } from './invoice-data.ts';

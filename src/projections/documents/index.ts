export { documentList, type DocumentRow } from './projection.ts';
export {
  documentsOfOrders,
  findCreditsWithoutMemo,
  findDocumentIdByNumber,
  findMissingInvoices,
  listDocuments,
  type DocumentFilters,
} from './queries.ts';

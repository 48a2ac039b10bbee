export { documentList, type DocumentRow } from './projection.ts';
export {
  documentsOfOrders,
  findCreditsWithoutMemo,
  findDocumentIdByNumber,
  findOrdersWithoutInvoice,
  listDocuments,
  type DocumentFilters,
} from './queries.ts';

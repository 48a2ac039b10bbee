export { documentList, type DocumentRow } from './projection.ts';
export {
  documentsOfOrders,
  findDocumentIdByNumber,
  findOrdersWithoutInvoice,
  findReturnsWithoutMemo,
  listDocuments,
  type DocumentFilters,
} from './queries.ts';

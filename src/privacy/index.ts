/** Personal data: where it is, how a customer is erased, and what a customer may see of it. */
export { eraseCustomer, keysOfCustomer, planOf, type BooksPolicy, type EraseDeps } from './erase-customer.ts';
export { certify, type Certificate, type CertifyDeps } from './certificate.ts';
export { checkErasuresTask, enqueueErasures, eraseCustomerTask, settleErasuresTask } from './erase-tasks.ts';
export {
  ERASURE_MODES,
  ERASURE_STATES,
  openErasures,
  type Erasure,
  type Erasures,
  type Kept,
  type NewErasure,
} from './erasures.ts';
export { endBooks, keepErased } from './keep-erased.ts';
export { recordKeptRead } from './kept-documents.ts';
export { EXPORT_FILES, type ExportFile } from './personal-data.ts';
export { findSubject, recordExport, type Subject } from './subject-access.ts';
export {
  openBusinessIn,
  ReadModelsBehind,
  surveyCustomer,
  type ErasureSurvey,
  type Survey,
  type SurveyDeps,
} from './survey.ts';

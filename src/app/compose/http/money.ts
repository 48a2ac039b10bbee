import { recordKeptRead } from '../../../privacy/index.ts';
import { documentFilesIn } from '../../../documents/index.ts';
import type { ResourceDeps } from '../../../http/api.ts';
import { findJobByKey } from '../../../jobs/admin.ts';
import { findDocumentIdByNumber, listDocuments } from '../../../projections/documents/index.ts';
import { decodeCursor } from '../../../projections/list/index.ts';
import { findIdByNumber } from '../../../projections/numbers/index.ts';
import { listPayments, paymentIdsOfOrders } from '../../../projections/payments/index.ts';
import { listReturns } from '../../../projections/returns/index.ts';
import { findStoreCreditIds } from '../../../projections/store-credit/index.ts';
import type { ConnectOptions } from './options.ts';

type MoneyResources = Pick<ResourceDeps, 'returns' | 'payments' | 'storeCredit' | 'invoices' | 'explain' | 'timeline'>;

/** Returns, payments, store credit and documents, and what explains them. */
export const moneyResources = (options: ConnectOptions): MoneyResources => {
  const { db, readStream, defaultCurrency, outcomeTimeoutMs } = options;
  const findOrderIdByNumber = (number: string) => findIdByNumber(db, 'order', number);
  const findReturnIdByNumber = (number: string) => findIdByNumber(db, 'return', number);
  const findPaymentIdByNumber = (number: string) => findIdByNumber(db, 'payment', number);
  const files = documentFilesIn(db, options.dataKeys);
  const findDocument = (number: string) => findDocumentIdByNumber(db, number);
  const reading = {
    readStream,
    decodeCursor,
    findOrderIdByNumber,
    businessTimeZone: options.businessTimeZone ?? 'UTC',
  };
  return {
    returns: {
      ...reading,
      commands: options.returns,
      exchangeReturn: options.checkout.exchangeReturn,
      findReturnIdByNumber,
      list: (query) => listReturns(options, query),
    },
    payments: {
      ...reading,
      commands: options.payments,
      defaultCurrency,
      findPaymentIdByNumber,
      list: (query) => listPayments(options, query),
      ...(outcomeTimeoutMs !== undefined && { outcomeTimeoutMs }),
    },
    storeCredit: {
      commands: options.storeCredit,
      readStream,
      customerIdMayBePersonal: options.customerIdMayBePersonal ?? false,
      findStoreCreditIds: (customer_id) => findStoreCreditIds(db, customer_id),
    },
    explain: { ...reading, findReturnIdByNumber, findPaymentIdByNumber, findDocumentIdByNumber: findDocument },
    timeline: {
      ...reading,
      store: options.store,
      decode: options.codec.decode,
      paymentIdsOf: (id) => paymentIdsOfOrders(db, [id]),
    },
    invoices: {
      ...reading,
      findReturnIdByNumber,
      findDocumentIdByNumber: findDocument,
      list: (query) => listDocuments(db, query),
      findJobByKey: (key) => findJobByKey(db, key),
      findFile: files.find,
      keysOf: files.keysOf,
      recordRead: (documentId, context) => recordKeptRead(options.handle, documentId, context),
    },
  };
};

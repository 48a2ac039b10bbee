import { readLocalCart } from '../../../checkout/index.ts';
import type { ResourceDeps } from '../../../http/api.ts';
import { paymentIdsOfOrders } from '../../../projections/payments/index.ts';
import { findSubject, openErasures, recordExport } from '../../../privacy/index.ts';
import { erasingResources } from '../privacy.ts';
import type { ConnectOptions } from './options.ts';

const DEFAULT_BOOKS = { retentionYears: 10, eraseDocuments: 'after_retention' } as const;

/** What the API needs to take requests for erasure. */
export const erasingDeps = (options: ConnectOptions): Omit<ResourceDeps['privacy'], 'access'> =>
  erasingResources(options, options.privacy ?? { books: DEFAULT_BOOKS });

/** The same, and what copies of a customer's data are made from. */
export const privacyDeps = (
  options: ConnectOptions,
  { orders, invoices }: Pick<ResourceDeps, 'orders' | 'invoices'>,
): ResourceDeps['privacy'] => {
  const { db, store, codec, handle, messages, devices, checkout } = options;
  return {
    ...erasingDeps(options),
    access: {
      findSubject: (customer_id) => findSubject({ db, store }, customer_id),
      recordExport: (customer_id, context) => recordExport(handle, customer_id, context),
      exporting: {
        orders,
        invoices,
        store,
        decode: codec.decode,
        messages,
        paymentIdsOf: (id) => paymentIdsOfOrders(db, [id]),
        devicesOf: devices.of,
        templatesOf: checkout.templates.list,
        cartOf: (customer_id) => readLocalCart(db, customer_id),
        erasuresOf: openErasures(db).ofCustomer,
      },
    },
  };
};

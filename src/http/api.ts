import { createApp, type App } from './app.ts';
import type { KernelDeps } from './deps.ts';
import { openApi, type OpenApiDocument } from './documentation/openapi.ts';
import { postmanCollection } from './documentation/postman.ts';
import type { InvoiceDeps } from './invoices/invoice-deps.ts';
import type { OrderDeps } from './orders/order-deps.ts';
import type { Route } from './route.ts';
import { adminRoutes, type AdminDeps } from './routes/admin.ts';
import { invoiceRoutes } from './routes/invoices.ts';
import { internalRoutes, type InternalDeps } from './routes/internal.ts';
import { operationsRoutes, type OperationsDeps } from './routes/operations.ts';
import { readOrderRoutes } from './routes/read-orders.ts';
import { writeOrderRoutes } from './routes/write-orders.ts';
import type { Page } from './site/page.ts';
import { documentationPages } from './site/documentation-pages.ts';

export type ApiDeps = {
  readonly kernel: KernelDeps;
  readonly orders: OrderDeps;
  readonly invoices: InvoiceDeps;
  readonly customerTotals: InternalDeps['customerTotals'];
  readonly admin: AdminDeps;
  readonly operations: OperationsDeps;
  /** What is served beside the API's own documents, e.g. metrics. */
  readonly pages: readonly Page[];
};

/** The one route table. */
export const apiRoutes = ({
  kernel,
  orders,
  invoices,
  customerTotals,
  admin,
  operations,
}: ApiDeps): readonly Route[] => [
  ...writeOrderRoutes(orders, kernel.defaultCurrency),
  ...readOrderRoutes(orders),
  ...invoiceRoutes(invoices),
  ...internalRoutes({ orders, customerTotals, defaultCurrency: kernel.defaultCurrency }),
  ...adminRoutes(admin),
  ...operationsRoutes(operations),
];

export type Api = App & { readonly openApi: OpenApiDocument };

/** Waybill over HTTP: serve it with `http.createServer(api.koa.callback())`. */
export const createApi = (deps: ApiDeps): Api => {
  const routes = apiRoutes(deps);
  const document = openApi(routes, deps.operations.version);
  const pages = [...documentationPages(document, postmanCollection(routes)), ...deps.pages];
  return { ...createApp({ routes, pages, deps: deps.kernel }), openApi: document };
};

import { createApp, type App } from './server/app.ts';
import type { KernelDeps } from './server/deps.ts';
import { openApi, type OpenApiDocument } from './server/documentation/openapi.ts';
import { postmanCollection } from './server/documentation/postman.ts';
import type { InvoiceDeps } from './invoices/invoice-deps.ts';
import type { ExportDeps } from './orders/export-reply.ts';
import type { OrderDeps } from './orders/order-deps.ts';
import type { PaymentDeps } from './payments/payment-deps.ts';
import type { ShopDeps } from './checkout/deps.ts';
import type { ReturnDeps } from './returns/return-deps.ts';
import type { Route } from './server/route.ts';
import { adminRoutes, type AdminDeps } from './admin/routes.ts';
import { bulkOrderRoutes } from './orders/bulk-orders.ts';
import { schedulingRoutes, type SchedulingDeps } from './admin/scheduling.ts';
import { deliveryRoutes, type DeliveryDeps } from './delivery/routes.ts';
import { deviceRoutes, type DevicesDeps } from './devices/routes.ts';
import { feedRoutes, type FeedDeps } from './feed/routes.ts';
import { feedbackRoutes } from './feedback/routes.ts';
import { checkoutRoutes } from './checkout/routes.ts';
import { invoiceRoutes } from './invoices/routes.ts';
import { internalRoutes, type InternalDeps } from './customers/routes.ts';
import { listOrderRoutes } from './orders/list-orders.ts';
import { messageRoutes, type MessagesDeps } from './messages/routes.ts';
import { openReturnRoutes } from './returns/open-returns.ts';
import { operationsRoutes, type OperationsDeps } from './operations/routes.ts';
import { placeOrderRoutes } from './orders/place-orders.ts';
import { readOrderRoutes } from './orders/read-orders.ts';
import { readPaymentRoutes } from './payments/read-payments.ts';
import { readReturnRoutes } from './returns/read-returns.ts';
import { sandboxRoutes, type SandboxDeps } from './sandbox/routes.ts';
import { templateRoutes } from './checkout/templates.ts';
import { trackingRoutes } from './tracking/routes.ts';
import { webhookActionRoutes } from './webhooks/actions.ts';
import { webhookDeliveryRoutes } from './webhooks/deliveries.ts';
import { webhookRoutes } from './webhooks/routes.ts';
import { writeOrderRoutes } from './orders/write-orders.ts';
import { writePaymentRoutes } from './payments/write-payments.ts';
import { writeReturnRoutes } from './returns/write-returns.ts';
import type { WebhookDeps } from './webhooks/webhook-deps.ts';
import type { Page } from './server/site/page.ts';
import type { Tracker } from './tracking/tracker.ts';
import { documentationPages } from './server/site/documentation-pages.ts';

export type ApiDeps = {
  readonly kernel: KernelDeps;
  readonly orders: OrderDeps;
  readonly exports: ExportDeps;
  readonly delivery: DeliveryDeps;
  readonly shop: ShopDeps;
  readonly tracker: Tracker;
  readonly returns: ReturnDeps;
  readonly payments: PaymentDeps;
  readonly invoices: InvoiceDeps;
  readonly customerTotals: InternalDeps['customerTotals'];
  readonly sandbox: SandboxDeps;
  readonly feed: FeedDeps;
  readonly webhooks: WebhookDeps;
  readonly messages: MessagesDeps;
  readonly devices: DevicesDeps;
  readonly admin: AdminDeps;
  readonly clock: SchedulingDeps;
  readonly operations: OperationsDeps;
  /** What is served beside the API's own documents, e.g. metrics. */
  readonly pages: readonly Page[];
};

/** The one route table. */
export const apiRoutes = (deps: ApiDeps): readonly Route[] => [
  ...orderRoutes(deps),
  ...moneyRoutes(deps),
  ...operatorRoutes(deps),
];

const orderRoutes = ({
  kernel,
  orders,
  exports,
  shop,
  delivery,
  tracker,
  devices,
  returns,
}: ApiDeps): readonly Route[] => [
  ...checkoutRoutes(shop, orders),
  ...templateRoutes(shop, orders),
  ...placeOrderRoutes(orders, kernel.defaultCurrency),
  ...writeOrderRoutes(orders),
  ...listOrderRoutes(orders, exports),
  ...readOrderRoutes(orders),
  ...bulkOrderRoutes(orders),
  ...deliveryRoutes(orders, delivery),
  ...trackingRoutes(orders, tracker),
  ...feedbackRoutes(orders),
  ...deviceRoutes(devices),
  ...openReturnRoutes(returns, orders),
  ...readReturnRoutes(returns),
  ...writeReturnRoutes(returns),
];

const moneyRoutes = ({ kernel, payments, invoices }: ApiDeps): readonly Route[] => [
  ...writePaymentRoutes(payments, kernel.defaultCurrency),
  ...readPaymentRoutes(payments),
  ...invoiceRoutes(invoices),
];

const operatorRoutes = (deps: ApiDeps): readonly Route[] => [
  ...internalRoutes({ ...deps, defaultCurrency: deps.kernel.defaultCurrency }),
  ...feedRoutes(deps.feed),
  ...webhookRoutes(deps.webhooks),
  ...webhookActionRoutes(deps.webhooks),
  ...webhookDeliveryRoutes(deps.webhooks),
  ...adminRoutes(deps.admin),
  ...messageRoutes(deps.messages),
  ...schedulingRoutes(deps.clock),
  ...sandboxRoutes(deps.sandbox),
  ...operationsRoutes(deps.operations),
];

export type Api = App & { readonly openApi: OpenApiDocument };

/** Waybill over HTTP: serve it with `http.createServer(api.koa.callback())`. */
export const createApi = (deps: ApiDeps): Api => {
  const routes = apiRoutes(deps);
  const document = openApi(routes, deps.operations.version);
  const pages = [...documentationPages(document, postmanCollection(routes)), ...deps.pages];
  return { ...createApp({ routes, pages, deps: deps.kernel }), openApi: document };
};

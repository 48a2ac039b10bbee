import { createApp, type App } from './app.ts';
import type { KernelDeps } from './deps.ts';
import { openApi, type OpenApiDocument } from './documentation/openapi.ts';
import { postmanCollection } from './documentation/postman.ts';
import type { InvoiceDeps } from './invoices/invoice-deps.ts';
import type { ExportDeps } from './orders/export-reply.ts';
import type { OrderDeps } from './orders/order-deps.ts';
import type { PaymentDeps } from './payments/payment-deps.ts';
import type { ShopDeps } from './orders/shop-deps.ts';
import type { ReturnDeps } from './returns/return-deps.ts';
import type { Route } from './route.ts';
import { adminRoutes, type AdminDeps } from './routes/admin.ts';
import { bulkOrderRoutes } from './routes/bulk-orders.ts';
import { clockRoutes, type ClockDeps } from './routes/clock.ts';
import { deliveryRoutes, type DeliveryDeps } from './routes/delivery.ts';
import { deviceRoutes, type DevicesDeps } from './routes/devices.ts';
import { feedRoutes, type FeedDeps } from './routes/feed.ts';
import { feedbackRoutes } from './routes/feedback.ts';
import { checkoutRoutes } from './routes/checkout.ts';
import { invoiceRoutes } from './routes/invoices.ts';
import { internalRoutes, type InternalDeps } from './routes/internal.ts';
import { listOrderRoutes } from './routes/list-orders.ts';
import { messageRoutes, type MessagesDeps } from './routes/messages.ts';
import { openReturnRoutes } from './routes/open-returns.ts';
import { operationsRoutes, type OperationsDeps } from './routes/operations.ts';
import { placeOrderRoutes } from './routes/place-orders.ts';
import { readOrderRoutes } from './routes/read-orders.ts';
import { readPaymentRoutes } from './routes/read-payments.ts';
import { readReturnRoutes } from './routes/read-returns.ts';
import { sandboxRoutes, type SandboxDeps } from './routes/sandbox.ts';
import { templateRoutes } from './routes/templates.ts';
import { trackingRoutes } from './routes/tracking.ts';
import { webhookActionRoutes } from './routes/webhook-actions.ts';
import { webhookDeliveryRoutes } from './routes/webhook-deliveries.ts';
import { webhookRoutes } from './routes/webhooks.ts';
import { writeOrderRoutes } from './routes/write-orders.ts';
import { writePaymentRoutes } from './routes/write-payments.ts';
import { writeReturnRoutes } from './routes/write-returns.ts';
import type { WebhookDeps } from './webhooks/webhook-deps.ts';
import type { Page } from './site/page.ts';
import type { Tracker } from './tracking/tracker.ts';
import { documentationPages } from './site/documentation-pages.ts';

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
  readonly clock: ClockDeps;
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
  ...clockRoutes(deps.clock),
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

import { bindAdmin } from './admin/handlers.ts';
import { bindAnalytics } from './analytics/handlers.ts';
import { bindCancellations } from './cancellations/handlers.ts';
import { bindCheckout } from './checkout/handlers.ts';
import { bindCustomers } from './customers/handlers.ts';
import { bindDelivery } from './delivery/handlers.ts';
import { bindDevices } from './devices/handlers.ts';
import { bindExplain } from './explain/handlers.ts';
import { bindExports } from './exports/handlers.ts';
import { bindFeed } from './feed/handlers.ts';
import { bindFeedback } from './feedback/handlers.ts';
import { bindHolds } from './holds/handlers.ts';
import { bindInvoices } from './invoices/handlers.ts';
import { bindLog } from './log/handlers.ts';
import { bindMessages } from './messages/handlers.ts';
import { bindOperations } from './operations/handlers.ts';
import { bindOrders } from './orders/handlers.ts';
import { bindNotes } from './notes/handlers.ts';
import { bindPayments } from './payments/handlers.ts';
import { bindPrivacy } from './privacy/handlers.ts';
import { bindRefunds } from './refunds/handlers.ts';
import { bindReturns } from './returns/handlers.ts';
import { bindSandbox } from './sandbox/handlers.ts';
import { bindShipments } from './shipments/handlers.ts';
import { bindStoreCredit } from './store-credit/handlers.ts';
import { bindTimeline } from './timeline/handlers.ts';
import { bindTracking } from './tracking/handlers.ts';
import { bindWebhooks } from './webhooks/handlers.ts';
import { REJECTIONS } from './rejections.ts';
import { createApp, type App } from './server/app.ts';
import type { KernelDeps } from './server/deps.ts';
import { openApi, type OpenApiDocument } from './server/documentation/openapi.ts';
import { postmanCollection } from './server/documentation/postman.ts';
import type { Bound, Route } from './server/route.ts';
import { documentationPages } from './server/site/documentation-pages.ts';
import type { Page } from './server/site/page.ts';
import { SPECS, type RESOURCES } from './specs.ts';

/** How each resource gets its handlers. */
const BINDERS = {
  checkout: bindCheckout,
  orders: bindOrders,
  delivery: bindDelivery,
  tracking: bindTracking,
  holds: bindHolds,
  shipments: bindShipments,
  cancellations: bindCancellations,
  feedback: bindFeedback,
  devices: bindDevices,
  refunds: bindRefunds,
  returns: bindReturns,
  payments: bindPayments,
  storeCredit: bindStoreCredit,
  notes: bindNotes,
  invoices: bindInvoices,
  customers: bindCustomers,
  analytics: bindAnalytics,
  timeline: bindTimeline,
  exports: bindExports,
  explain: bindExplain,
  feed: bindFeed,
  webhooks: bindWebhooks,
  log: bindLog,
  admin: bindAdmin,
  privacy: bindPrivacy,
  messages: bindMessages,
  sandbox: bindSandbox,
  operations: bindOperations,
} as const;

type Resource = keyof typeof RESOURCES;

/** The dependencies of each resource's handlers. */
export type ResourceDeps = { readonly [R in Resource]: Parameters<(typeof BINDERS)[R]>[0] };

export type ApiDeps = ResourceDeps & {
  readonly kernel: KernelDeps;
  /** Pages beside the API's own documents, such as metrics. */
  readonly pages: readonly Page[];
};

type BoundResources = { readonly [R in Resource]: Bound<(typeof RESOURCES)[R]> };

/** Every spec with its handler: a resource without either does not compile. */
const bindAll = (deps: ResourceDeps): BoundResources => ({
  checkout: BINDERS.checkout(deps.checkout),
  orders: BINDERS.orders(deps.orders),
  delivery: BINDERS.delivery(deps.delivery),
  tracking: BINDERS.tracking(deps.tracking),
  holds: BINDERS.holds(deps.holds),
  shipments: BINDERS.shipments(deps.shipments),
  cancellations: BINDERS.cancellations(deps.cancellations),
  feedback: BINDERS.feedback(deps.feedback),
  devices: BINDERS.devices(deps.devices),
  refunds: BINDERS.refunds(deps.refunds),
  returns: BINDERS.returns(deps.returns),
  payments: BINDERS.payments(deps.payments),
  storeCredit: BINDERS.storeCredit(deps.storeCredit),
  notes: BINDERS.notes(deps.notes),
  invoices: BINDERS.invoices(deps.invoices),
  customers: BINDERS.customers(deps.customers),
  analytics: BINDERS.analytics(deps.analytics),
  timeline: BINDERS.timeline(deps.timeline),
  exports: BINDERS.exports(deps.exports),
  explain: BINDERS.explain(deps.explain),
  feed: BINDERS.feed(deps.feed),
  webhooks: BINDERS.webhooks(deps.webhooks),
  log: BINDERS.log(deps.log),
  admin: BINDERS.admin(deps.admin),
  privacy: BINDERS.privacy(deps.privacy),
  messages: BINDERS.messages(deps.messages),
  sandbox: BINDERS.sandbox(deps.sandbox),
  operations: BINDERS.operations(deps.operations),
});

export type Api = App & { readonly openApi: OpenApiDocument };

/** Waybill over HTTP: serve it with `http.createServer(api.koa.callback())`. */
export const createApi = (deps: ApiDeps): Api => {
  const document = openApi(SPECS, deps.operations.version);
  const routes = Object.values(bindAll(deps)).flatMap((bound): readonly Route[] => Object.values(bound));
  const pages = [...documentationPages(document, postmanCollection(SPECS)), ...deps.pages];
  return { ...createApp({ routes, pages, rejections: REJECTIONS, deps: deps.kernel }), openApi: document };
};

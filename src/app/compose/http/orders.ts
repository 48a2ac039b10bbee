import { type DeliveryPositions, openDeliveryPositions } from '../../../delivery/index.ts';
import type { ResourceDeps } from '../../../http/api.ts';
import { createFindDocuments } from '../../../http/invoices/find-document.ts';
import type { OrderDeps } from '../../../http/orders/deps.ts';
import { createEraseOwner } from '../../../http/erasures/erase.ts';
import { isPlaced, orderFold } from '../../../domain/order/index.ts';
import { orderStream } from '../../../event-store/stream-names.ts';
import { createSpendPosition } from '../../../http/server/limits/position-rate.ts';
import { createTracker } from '../../../http/tracking/tracker.ts';
import { findJobByKey } from '../../../jobs/admin.ts';
import { documentsOfOrders } from '../../../projections/documents/index.ts';
import { decodeCursor } from '../../../projections/list/index.ts';
import { findIdByNumber } from '../../../projections/numbers/index.ts';
import { listPastOrders } from '../../../projections/order-status-history/index.ts';
import { decodeOffset, searchOrders } from '../../../projections/order-search/index.ts';
import { customerTotals, exportLines, exportOrders, listOrders } from '../../../projections/orders/index.ts';
import { closedDaysOf } from '../closed-days.ts';
import { limiterOf } from './kernel.ts';
import { erasingDeps } from './privacy.ts';
import type { ConnectOptions } from './options.ts';

const orderDeps = (options: ConnectOptions, positions: DeliveryPositions): OrderDeps => {
  const { db, codec, exportDb = db, readStream, checkout } = options;
  const exporter = { db: exportDb, codec };
  return {
    commands: options.orders,
    readStream,
    settings: options.orderSettings,
    placeOrder: checkout.placeOrder,
    changeItems: checkout.changeItems,
    eraseOwner: createEraseOwner(erasingDeps(options), async (id) => {
      const found = await readStream(orderFold, orderStream(id));
      if (found === undefined || !isPlaced(found.state)) throw new Error(`order ${id} does not fold`);
      return found.state.customer_id;
    }),
    requireFullAddress: options.requireFullAddress,
    customerIdMayBePersonal: options.customerIdMayBePersonal ?? false,
    defaultCurrency: options.defaultCurrency,
    businessTimeZone: options.businessTimeZone ?? 'UTC',
    findOrderIdByNumber: (number) => findIdByNumber(db, 'order', number),
    list: (query) => listOrders(options, query),
    listPast: (query) => listPastOrders(db, query),
    closedDays: closedDaysOf({ ...options, timeZone: options.businessTimeZone ?? 'UTC' }),
    search: (query) => searchOrders(options, query),
    decodeOffset,
    decodeCursor,
    newestPosition: positions.newest,
    findDocuments: createFindDocuments({
      readStream,
      findJobByKey: (key) => findJobByKey(db, key),
      documentsOfOrders: (ids) => documentsOfOrders(db, ids),
    }),
    exports: {
      lines: (query) => exportLines(exporter, query),
      orders: (query) => exportOrders(exporter, query),
    },
  };
};

type OrderResources = Pick<
  ResourceDeps,
  'orders' | 'checkout' | 'delivery' | 'tracking' | 'holds' | 'shipments' | 'cancellations' | 'feedback' | 'customers'
>;

/** Orders, and what happens to one: buying, delivery, tracking, feedback. */
export const orderResources = (options: ConnectOptions): OrderResources => {
  const { db, positionsPerMinute = 0, orderSettings, checkout } = options;
  const positions = openDeliveryPositions(db, options.dataKeys);
  const orders = orderDeps(options, positions);
  const limiter = positionsPerMinute === 0 ? undefined : limiterOf(options, 'position', positionsPerMinute);
  const tracker = createTracker({
    ...options,
    positions,
    speedKmh: orderSettings.courierSpeedKmh,
    signal: options.signal ?? new AbortController().signal,
    maxStreams: options.maxStreams ?? 5_000,
    ...options.tracking,
  });
  return {
    orders,
    checkout: { ...checkout, orders },
    delivery: { orders, positions, spendPosition: createSpendPosition(limiter) },
    tracking: { orders, tracker },
    holds: orders,
    shipments: orders,
    cancellations: orders,
    feedback: orders,
    customers: { orders, customerTotals: (id, currency) => customerTotals(db, id, currency) },
  };
};

import type {
  OrderCredited,
  OrderEvent,
  OrderLine,
  OrderPlaced,
  ReturnSettled,
} from '../../../src/domain/order/index.ts';

/**
 * The figures told a second time: from the raw events in the order of the log, slowly and plainly, each event booking what
 * docs/figures.md says. It shares no code with the domain and the read model: the property test compares both.
 */
export type RawEvent = {
  readonly order: string;
  /** When it happened: of imported history, long before it was recorded. */
  readonly at: string;
  readonly recorded: string;
  readonly isImported: boolean;
  readonly event: OrderEvent;
};

export type Amounts = Record<string, number>;
/** One thing that was booked. `product`: '' for what belongs to none. */
export type Entry = {
  readonly order: string;
  readonly customer: string;
  readonly country: string;
  readonly currency: string;
  readonly day: string;
  readonly booked: string;
  readonly product: string;
  readonly method: string;
  readonly what: string;
  readonly amount: number;
};

const halfUp = (amount: number, part: number, whole: number): number =>
  whole === 0 ? 0 : Number((2n * BigInt(amount) * BigInt(part) + BigInt(whole)) / (2n * BigInt(whole)));

const priceOf = ({ unit_price, quantity, discount, tax }: OrderLine): number => unit_price * quantity - discount + tax;

type Credit = {
  readonly id: string;
  readonly isReturn: boolean;
  amount: number;
  parts: OrderCredited['data']['parts'];
  readonly units: readonly { readonly line: string; readonly numbers: readonly number[] }[];
};

type ReferenceOrder = {
  readonly placed: OrderPlaced['data'];
  readonly placedAt: string;
  lines: readonly OrderLine[];
  credits: Credit[];
  readonly methods: Map<string, string>;
  readonly refunds: Map<string, { readonly method: string; readonly amount: number; isGone: boolean }>;
  /** Of each return's lines. */
  readonly reasons: Map<string, string>;
  readonly day: string;
  shippedAt: string | null;
  due: string | null;
};

export const dayOf = (at: string, timeZone: string): string =>
  new Intl.DateTimeFormat('sv-SE', { timeZone }).format(new Date(at));

/** The business day of each event: its own, or that of the event before it where that is later. */
export const daysOf = (events: readonly RawEvent[], timeZone: string): readonly string[] => {
  const days: string[] = [];
  for (const { recorded } of events) {
    const own = dayOf(recorded, timeZone);
    const before = days.at(-1) ?? '';
    days.push(own > before ? own : before);
  }
  return days;
};

const hours = (from: string, to: string): string => String(Math.floor((Date.parse(to) - Date.parse(from)) / 3_600_000));

export const bookAll = (events: readonly RawEvent[], timeZone: string): readonly Entry[] => {
  const days = daysOf(events, timeZone);
  const entries: Entry[] = [];
  const orders = new Map<string, ReferenceOrder>();

  events.forEach(({ order, at, isImported, event }, n) => {
    const booked = days[n] ?? '';
    const day = isImported ? dayOf(at, timeZone) : booked;
    if (event.type === 'OrderPlaced') {
      orders.set(order, {
        placed: event.data,
        placedAt: at,
        lines: event.data.lines,
        credits: [],
        methods: new Map(),
        refunds: new Map(),
        reasons: new Map(),
        day,
        shippedAt: null,
        due: event.data.estimated_delivery_at,
      });
    }
    const told = orders.get(order);
    if (told === undefined) return;
    const { customer_id, currency, ship_country = 'unknown', shipping_cost } = told.placed;
    const book = (what: string, amount: number, { product = '', method = '', on = day } = {}): void => {
      if (amount === 0) return;
      const who = { order, customer: customer_id, country: ship_country, currency };
      entries.push({ ...who, day: on, booked, product, method, what, amount });
    };
    /** What this order has come to so far, in one figure, of one product. */
    const soFar = (what: string, product: string): number =>
      entries
        .filter((one) => one.order === order && one.what === what && one.product === product)
        .reduce((sum, { amount }) => sum + amount, 0);

    const bookLines = (lines: readonly OrderLine[], sign: 1 | -1): void => {
      for (const line of lines) {
        const product = line.product_id;
        book('gross_sales', sign * line.unit_price * line.quantity, { product });
        book('discounts', -sign * line.discount, { product });
        book('taxes', sign * line.tax, { product });
        book('totals', sign * priceOf(line), { product });
        book('units', sign * line.quantity, { product });
      }
      for (const product of new Set(lines.map(({ product_id }) => product_id))) book('orders', sign, { product });
    };

    const bookSold = (sign: 1 | -1): void => {
      for (const line of told.lines) {
        book('sold||units', sign * line.quantity, { on: told.day });
        book('sold||totals', sign * priceOf(line), { on: told.day });
      }
    };

    const bookCredits = (sign: 1 | -1): void => {
      for (const part of partsOf(told)) {
        const { product } = part;
        book('returns', -sign * part.goods, { product });
        book('taxes', -sign * part.tax, { product });
        book('shipping', -sign * part.shipping, { product });
      }
    };

    const setRefund = (id: string, method: string, { amount, isGone }: { amount: number; isGone: boolean }): void => {
      const before = told.refunds.get(id);
      if (before?.isGone === true) {
        book('refunded', -before.amount);
        book('refunded_by', -before.amount, { method: before.method });
      }
      told.refunds.set(id, { method, amount, isGone });
      if (!isGone) return;
      book('refunded', amount);
      book('refunded_by', amount, { method });
    };
    const wayOf = (method: string, payment: string): string =>
      method === 'original_payment' ? (told.methods.get(payment) ?? 'other') : method;

    switch (event.type) {
      case 'OrderPlaced': {
        book('orders', 1);
        book('shipping', shipping_cost);
        book('totals', shipping_cost);
        bookLines(event.data.lines, 1);
        bookSold(1);
        return;
      }
      case 'OrderItemsModified': {
        bookCredits(-1);
        bookLines(told.lines, -1);
        bookSold(-1);
        told.lines = event.data.lines;
        for (const cut of event.data.credits) {
          const credit = told.credits.find(({ id }) => id === cut.credit_id);
          if (credit !== undefined) Object.assign(credit, { amount: cut.amount, parts: cut.parts });
        }
        bookLines(told.lines, 1);
        bookSold(1);
        bookCredits(1);
        return;
      }
      case 'OrderCredited': {
        const { credit_id: id, amount, parts } = event.data;
        bookCredits(-1);
        told.credits.push({ id, isReturn: false, amount, parts, units: [] });
        bookCredits(1);
        return;
      }
      case 'ReturnSettled': {
        bookCredits(-1);
        told.credits.push(creditOfReturn(event));
        bookCredits(1);
        for (const { order_item_id, accepted_quantity, units } of event.data.items) {
          const reason = told.reasons.get(`${event.data.return_id} ${order_item_id}`) ?? '';
          const product = told.lines.find(({ id }) => id === order_item_id)?.product_id ?? '';
          const worth = units.reduce((sum, one) => sum + one.amount, 0);
          for (const [what, on] of [
            ['returned|', told.day],
            [`return_reason|${reason}`, day],
            [`return_product|${product}`, day],
          ] as const) {
            book(`${what}|units`, accepted_quantity, { on });
            book(`${what}|totals`, worth, { on });
          }
        }
        return;
      }
      case 'ReturnOpened': {
        const { return_id, reason, items } = event.data;
        for (const item of items) told.reasons.set(`${return_id} ${item.order_item_id}`, item.reason ?? reason);
        return;
      }
      case 'OrderCancelled': {
        book('cancelled||orders', 1);
        bookSold(-1);
        for (const product of ['', ...new Set(told.lines.map(({ product_id }) => product_id))]) {
          const goods = (['gross_sales', 'discounts', 'returns'] as const).map((what) => soFar(what, product));
          book('returns', -goods.reduce((sum, one) => sum + one, 0), { product });
          book('taxes', -soFar('taxes', product), { product });
          book('shipping', -soFar('shipping', product), { product });
        }
        return;
      }
      case 'OrderShipped':
      case 'OrderOutForDelivery': {
        if (told.shippedAt === null) book(`time_to_ship|${hours(told.placedAt, at)}|orders`, 1);
        told.shippedAt ??= at;
        return;
      }
      case 'OrderDelivered': {
        book(`time_to_deliver|${hours(told.placedAt, at)}|orders`, 1);
        if (told.due !== null) book(`on_time|${at <= told.due}|orders`, 1);
        return;
      }
      case 'PaymentCaptured': {
        const { payment_id, method, amount } = event.data;
        if (told.methods.has(payment_id)) return;
        told.methods.set(payment_id, method);
        book('captured', amount);
        book('captured_by', amount, { method });
        return;
      }
      case 'RefundAllocated': {
        const { refunds, replaces, paid_out } = event.data;
        for (const id of replaces) setRefund(id, '', { amount: 0, isGone: false });
        for (const { refund_id, payment_id, method, amount } of refunds) {
          const isGone = paid_out && (method === 'bank_transfer' || method === 'cash');
          setRefund(refund_id, wayOf(method, payment_id), { amount, isGone });
        }
        return;
      }
      case 'PaymentRefunded':
      case 'RefundResolved':
      case 'PaymentRefundFailed':
      case 'RefundWithdrawn': {
        const { refund_id, payment_id, method, amount } = event.data;
        const isGone = event.type === 'PaymentRefunded' || event.type === 'RefundResolved';
        setRefund(refund_id, wayOf(method, payment_id), { amount, isGone });
        return;
      }
      case 'OrderReleased':
      case 'OrderConfirmed':
      case 'OrderProcessingStarted':
      case 'OrderReturned':
      case 'OrderDetailsChanged':
      case 'DeliveryPartnerAssigned':
      case 'PaymentStarted':
      case 'PaymentFailed':
      case 'ReturnClosed':
      case 'FeedbackGiven':
      case 'NoteAdded':
      case 'OrderHeld':
      case 'HoldReleased':
      case 'ShipmentDetailsChanged':
        return;
      case 'ItemsShipped':
      case 'ItemsCancelled':
      case 'ShipmentOutForDelivery':
      case 'ShipmentDelivered':
      case 'ShipmentFailed':
      case 'ShipmentReturnedToSender':
      case 'ShipmentLost':
      case 'ShipmentResolved':
        throw new Error(`the histories have no ${event.type}: what it comes to is not said here`);
    }
  });
  return entries;
};

const creditOfReturn = ({ data }: ReturnSettled): Credit => ({
  id: data.return_id,
  isReturn: true,
  amount: data.amount,
  parts: {
    items: data.items.map(({ order_item_id, accepted_quantity: quantity, units }) => ({
      order_item_id,
      quantity,
      amount: units.reduce((sum, one) => sum + one.amount, 0),
    })),
    shipping: data.shipping,
    goodwill: 0,
  },
  units: data.items.map(({ order_item_id, units }) => ({
    line: order_item_id,
    numbers: units.flatMap(({ first, last }) => Array.from({ length: last - first + 1 }, (_, n) => first + n)),
  })),
});

type Part = { readonly product: string; readonly goods: number; readonly tax: number; readonly shipping: number };

/** All credits of an order so far, split: goods, tax and shipping. */
const partsOf = ({ lines, credits }: ReferenceOrder): readonly Part[] => {
  const parts: Part[] = [];
  const taken = new Map(lines.map((line) => [line.id, { amount: 0, tax: 0, taxOfReductions: 0, units: 0 }]));
  for (const credit of credits) {
    let rest = credit.amount - credit.parts.shipping;
    for (const item of credit.parts.items) {
      const line = lines.find(({ id }) => id === item.order_item_id);
      const before = taken.get(item.order_item_id);
      if (line === undefined || before === undefined) continue;
      const tax = taxOf({ credit, item, line, before });
      rest -= item.amount;
      parts.push({ product: line.product_id, goods: item.amount - tax, tax, shipping: 0 });
      before.amount += item.amount;
      before.tax += tax;
      if (credit.isReturn) continue;
      before.taxOfReductions += tax;
      before.units += item.quantity;
    }
    parts.push({ product: '', goods: rest, tax: 0, shipping: credit.parts.shipping });
  }
  return parts;
};

const taxOf = ({
  credit,
  item,
  line,
  before,
}: {
  readonly credit: Credit;
  readonly item: { readonly quantity: number; readonly amount: number };
  readonly line: OrderLine;
  readonly before: {
    readonly amount: number;
    readonly tax: number;
    readonly taxOfReductions: number;
    readonly units: number;
  };
}): number => {
  const left = line.tax - before.tax;
  const price = priceOf(line);
  const { quantity } = line;
  const unitOf = (total: number, k: number): number => halfUp(total, k, quantity) - halfUp(total, k - 1, quantity);
  if (item.amount > 0 && before.amount + item.amount === price) return left;
  if (credit.isReturn) {
    const numbers = credit.units.find((one) => one.line === line.id)?.numbers ?? [];
    const share = numbers.reduce((sum, k) => sum + unitOf(line.tax - before.taxOfReductions, k), 0);
    return Math.min(left, share);
  }
  const numbers = Array.from({ length: item.quantity }, (_, n) => before.units + n + 1);
  const ownPrice = numbers.reduce((sum, k) => sum + unitOf(price, k), 0);
  const share =
    numbers.length > 0 && ownPrice === item.amount
      ? numbers.reduce((sum, k) => sum + unitOf(line.tax, k), 0)
      : halfUp(item.amount, line.tax, price);
  return Math.min(left, share);
};

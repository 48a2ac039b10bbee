import type {
  ItemsCancelled,
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

/** The units that are paid for. */
const soldOf = ({ quantity, removed }: OrderLine): number => quantity - (removed?.quantity ?? 0);
const priceOf = (line: OrderLine): number => line.unit_price * soldOf(line) - line.discount + line.tax;
/** As it was ordered. */
const orderedTaxOf = ({ tax, removed }: OrderLine): number => tax + (removed?.tax ?? 0);
const orderedPriceOf = (line: OrderLine): number =>
  line.unit_price * line.quantity - line.discount - (line.removed?.discount ?? 0) + orderedTaxOf(line);

type Ranges = readonly { readonly first: number; readonly last: number }[];
const numbersIn = (units: Ranges): readonly number[] =>
  units.flatMap(({ first, last }) => Array.from({ length: last - first + 1 }, (_, n) => first + n));

/** What left at once: how many units of each line. */
type Parcel = {
  readonly id: string;
  status: string;
  isResent: boolean;
  isOver: boolean;
  arrivedAt: string | null;
  units: Map<string, number>;
};

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
  due: string | null;
  parcels: Parcel[];
  /** Of each line. */
  readonly cancelled: Map<string, number>;
  /** Of each line: the numbers of those that were cancelled before the invoice. */
  readonly unpaid: Map<string, readonly number[]>;
  isDelivered: boolean;
};

const leftOf = ({ parcels, cancelled }: ReferenceOrder, { id, quantity }: OrderLine): number =>
  quantity -
  (cancelled.get(id) ?? 0) -
  parcels.filter(({ isResent }) => !isResent).reduce((sum, { units }) => sum + (units.get(id) ?? 0), 0);

const everythingLeft = (told: ReferenceOrder): Map<string, number> =>
  new Map(told.lines.map((line) => [line.id, leftOf(told, line)]));

/** When the last parcel came, once nothing is left and every parcel has ended. */
const arrivalOf = (told: ReferenceOrder): string | null => {
  const { parcels, lines } = told;
  if (lines.some((line) => leftOf(told, line) > 0) || parcels.some(({ isOver }) => !isOver)) return null;
  return (
    parcels
      .flatMap(({ arrivedAt }) => arrivedAt ?? [])
      .toSorted()
      .at(-1) ?? null
  );
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
        parcels: [],
        cancelled: new Map(),
        unpaid: new Map(),
        isDelivered: false,
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
        book('gross_sales', sign * line.unit_price * soldOf(line), { product });
        book('discounts', -sign * line.discount, { product });
        book('taxes', sign * line.tax, { product });
        book('totals', sign * priceOf(line), { product });
        book('units', sign * soldOf(line), { product });
      }
      for (const product of new Set(lines.map(({ product_id }) => product_id))) book('orders', sign, { product });
    };

    const bookSold = (sign: 1 | -1): void => {
      for (const line of told.lines) {
        book('sold||units', sign * soldOf(line), { on: told.day });
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

    const bookChange = ({ credits }: Pick<ItemsCancelled['data'], 'credits'>, change: () => void): void => {
      bookCredits(-1);
      bookLines(told.lines, -1);
      bookSold(-1);
      change();
      for (const cut of credits) {
        const credit = told.credits.find(({ id }) => id === cut.credit_id);
        if (credit !== undefined) Object.assign(credit, { amount: cut.amount, parts: cut.parts });
      }
      bookLines(told.lines, 1);
      bookSold(1);
      bookCredits(1);
    };

    const ship = (id: string, units: Map<string, number>): void => {
      if (told.parcels.length === 0) book(`time_to_ship|${hours(told.placedAt, at)}|orders`, 1);
      told.parcels.push({ id, status: 'on its way', isResent: false, isOver: false, arrivedAt: null, units });
    };
    const end = (one: Parcel, resolution: 'refund' | 'resend' | 'arrived' | null): void => {
      one.isOver = resolution !== null;
      one.isResent = resolution === 'resend';
      one.status = 'ended';
      if (resolution === 'arrived') one.arrivedAt = at;
    };
    const parcel = (id: string): Parcel => {
      const one = told.parcels.find((candidate) => candidate.id === id);
      if (one === undefined) throw new Error(`no parcel ${id} has left`);
      return one;
    };
    const bookDelivery = (): void => {
      const arrived = told.parcels.length > 0 && !told.isDelivered ? arrivalOf(told) : null;
      if (arrived === null) return;
      told.isDelivered = true;
      book(`time_to_deliver|${hours(told.placedAt, arrived)}|orders`, 1);
      if (told.due !== null) book(`on_time|${arrived <= told.due}|orders`, 1);
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
        bookChange(event.data, () => {
          told.lines = event.data.lines;
          // Units stay cancelled where lines are added to theirs.
          for (const { id } of told.lines.filter(({ removed }) => removed === undefined)) {
            told.cancelled.delete(id);
            told.unpaid.delete(id);
          }
        });
        return;
      }
      case 'ItemsCancelled': {
        bookChange(event.data, () => {
          for (const item of event.data.items) cancelUnits(told, item);
        });
        bookDelivery();
        return;
      }
      case 'OrderCredited': {
        const { credit_id: id, amount, parts } = event.data;
        bookCredits(-1);
        const units = parts.items.flatMap((item) =>
          item.units === undefined ? [] : [{ line: item.order_item_id, numbers: numbersIn(item.units) }],
        );
        told.credits.push({ id, isReturn: false, amount, parts, units });
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
      case 'OrderShipped': {
        ship(event.data.shipment_id, everythingLeft(told));
        return;
      }
      case 'OrderOutForDelivery': {
        if (event.data.shipment_id !== null) ship(event.data.shipment_id, everythingLeft(told));
        return;
      }
      case 'ItemsShipped': {
        const { shipment_id, items } = event.data;
        ship(shipment_id, new Map(items.map(({ order_item_id, units }) => [order_item_id, numbersIn(units).length])));
        return;
      }
      case 'OrderDelivered': {
        for (const one of told.parcels.filter(({ status }) => status === 'on its way')) end(one, 'arrived');
        bookDelivery();
        return;
      }
      case 'ShipmentDelivered': {
        end(parcel(event.data.shipment_id), 'arrived');
        bookDelivery();
        return;
      }
      case 'ShipmentLost':
      case 'ShipmentReturnedToSender':
      case 'ShipmentResolved': {
        end(parcel(event.data.shipment_id), event.data.resolution);
        bookDelivery();
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
      case 'ShipmentOutForDelivery':
      case 'ShipmentFailed':
        return;
    }
  });
  return entries;
};

/** Of one line either all units that are cancelled at once were invoiced, or none. */
const cancelUnits = (
  told: ReferenceOrder,
  { order_item_id, units, removed }: ItemsCancelled['data']['items'][number],
): void => {
  const numbers = numbersIn(units);
  told.cancelled.set(order_item_id, (told.cancelled.get(order_item_id) ?? 0) + numbers.length);
  if (removed === undefined) return;
  if (removed.quantity !== numbers.length) throw new Error('invoices of shipments are not told here');
  told.unpaid.set(order_item_id, [...(told.unpaid.get(order_item_id) ?? []), ...numbers]);
  told.lines = told.lines.map((line) => {
    if (line.id !== order_item_id) return line;
    const before = line.removed ?? { quantity: 0, discount: 0, tax: 0 };
    return {
      ...line,
      discount: line.discount - removed.discount,
      tax: line.tax - removed.tax,
      removed: {
        quantity: before.quantity + removed.quantity,
        discount: before.discount + removed.discount,
        tax: before.tax + removed.tax,
      },
    };
  });
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
    numbers: numbersIn(units),
  })),
});

type Part = { readonly product: string; readonly goods: number; readonly tax: number; readonly shipping: number };

/** All credits of an order so far, split: goods, tax and shipping. */
const partsOf = ({ lines, credits, unpaid }: ReferenceOrder): readonly Part[] => {
  const parts: Part[] = [];
  const taken = new Map(lines.map((line) => [line.id, { amount: 0, tax: 0, taxOfReductions: 0, units: 0 }]));
  for (const credit of credits) {
    let rest = credit.amount - credit.parts.shipping;
    for (const item of credit.parts.items) {
      const line = lines.find(({ id }) => id === item.order_item_id);
      const before = taken.get(item.order_item_id);
      if (line === undefined || before === undefined) continue;
      const tax = taxOf({ credit, item, line, before, unpaid: unpaid.get(line.id) ?? [] });
      rest -= item.amount;
      parts.push({ product: line.product_id, goods: item.amount - tax, tax, shipping: 0 });
      before.amount += item.amount;
      before.tax += tax;
      if (credit.isReturn) continue;
      if (!credit.units.some((one) => one.line === line.id)) before.taxOfReductions += tax;
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
  unpaid,
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
  readonly unpaid: readonly number[];
}): number => {
  const left = line.tax - before.tax;
  const price = priceOf(line);
  const { quantity } = line;
  const unitOf = (total: number, k: number, of = quantity): number => halfUp(total, k, of) - halfUp(total, k - 1, of);
  if (item.amount > 0 && before.amount + item.amount === price) return left;
  const particular = credit.units.find((one) => one.line === line.id)?.numbers;
  if (credit.isReturn || particular !== undefined) {
    // A reduction is shared by the units that are paid for, counted among themselves.
    const isReduced = before.taxOfReductions > 0;
    const rankOf = (k: number): number => k - unpaid.filter((gone) => gone < k).length;
    const share = (particular ?? []).reduce(
      (sum, k) =>
        sum +
        (isReduced
          ? unitOf(line.tax - before.taxOfReductions, rankOf(k), soldOf(line))
          : unitOf(orderedTaxOf(line), k)),
      0,
    );
    return Math.min(left, share);
  }
  const numbers = Array.from({ length: item.quantity }, (_, n) => before.units + n + 1);
  const ownPrice = numbers.reduce((sum, k) => sum + unitOf(orderedPriceOf(line), k), 0);
  const share =
    numbers.length > 0 && ownPrice === item.amount
      ? numbers.reduce((sum, k) => sum + unitOf(orderedTaxOf(line), k), 0)
      : halfUp(item.amount, line.tax, price);
  return Math.min(left, share);
};

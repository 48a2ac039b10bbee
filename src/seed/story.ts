import { orderIds } from '../commands/index.ts';
import {
  createOrderDecider,
  DEFAULT_ORDER_SETTINGS,
  isPaidByPeople,
  isPlaced,
  ledgerOf,
  refundedAmount,
  type OrderAction,
  type OrderEvent,
  type PaymentMethod,
  type RequestedLine,
  type ReturnReason,
} from '../domain/order/index.ts';
import { paymentDecider } from '../domain/payment/index.ts';
import { initiationOf, returnDecider, type ReturnAction } from '../domain/return/index.ts';
import type { Actor, Instant } from '../domain/shared/decider.ts';
import { orderStream, paymentStream, returnStream } from '../event-store/stream-names.ts';
import { openPast, withoutInvoice, type PastOrder } from '../imports/index.ts';
import type { Random } from './random.ts';
import { priceIn, productFor, seedId, type Customer, type Product } from './shop.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

/** A shop that sends parcels: what is ordered comes within four days, and is paid as the customer likes. */
const decider = createOrderDecider(
  { ...DEFAULT_ORDER_SETTINGS, autoConfirmOnPayment: false, deliveryEstimateMinutes: (4 * DAY) / 60_000 },
  orderIds,
);

const ADMIN: Actor = { id: 'seed', role: 'admin' };
const SYSTEM: Actor = { id: 'seed', role: 'system' };

const METHODS: readonly (readonly [PaymentMethod, number])[] = [
  ['credit_card', 48],
  ['paypal', 30],
  ['bank_transfer', 14],
  ['cash_on_delivery', 8],
];

const CARRIERS: readonly (readonly [string, number])[] = [
  ['DHL', 50],
  ['UPS', 20],
  ['DPD', 18],
];
/** Of a hundred parcels, how many a courier of the shop brings. */
const BY_COURIER = 12;
const COURIERS = 8;

const REASONS: readonly (readonly [ReturnReason, number])[] = [
  ['size_issue', 34],
  ['change_of_mind', 28],
  ['not_as_described', 14],
  ['defective', 10],
  ['damaged', 8],
  ['wrong_item', 6],
];

/** The steps of a return that is refunded, and how many hours each takes at least and at most. */
const RETURN_STEPS = {
  approved: [1, 20],
  scheduled: [4, 24],
  collected: [4, 36],
  received: [24, 72],
  processed: [2, 48],
  refunded: [1, 15],
} as const;
type ReturnStep = keyof typeof RETURN_STEPS;

type PlannedLine = { readonly product: Product; readonly quantity: number; readonly discount: boolean };

/** What happens to an order, drawn before any number is: numbers are drawn for those things that will be there. */
export type Plan = {
  readonly order_id: string;
  readonly payment_id: string;
  readonly return_id: string;
  readonly customer: Customer;
  readonly placed_at: Instant;
  readonly lines: readonly PlannedLine[];
  readonly method: PaymentMethod;
  /** Null: it is never paid, and cancelled. */
  readonly paid_at: Instant | null;
  readonly cancelled_at: Instant | null;
  readonly shipped_at: Instant;
  readonly delivered_at: Instant;
  readonly carrier: string | null;
  readonly courier: string | null;
  readonly tracking_number: string;
  readonly goodwill_at: Instant | null;
  readonly comes_back: {
    readonly at: Instant;
    readonly reason: ReturnReason;
    /** Index of the line. */
    readonly line: number;
    readonly quantity: number;
    readonly outcome: 'refunded' | 'rejected' | 'withdrawn';
    readonly has_fee: boolean;
    /** How long each step takes after the one before it, in milliseconds. */
    readonly takes: Readonly<Record<ReturnStep, number>>;
  } | null;
  /** From the cancellation of a paid order until its money is back, in milliseconds. */
  readonly giving_back_takes: number;
};

const plus = (at: Instant, ms: number): Instant => new Date(Date.parse(at) + ms).toISOString();
/** How long a return takes from its beginning until the money is back, at most. */
const RETURN_TAKES = Object.values(RETURN_STEPS).reduce((sum, [, most]) => sum + most * HOUR, 0);

const stepsFrom = (random: Random): Readonly<Record<ReturnStep, number>> => {
  const drawn = (step: ReturnStep): number => {
    const [least, most] = RETURN_STEPS[step];
    return random.whole(least * HOUR, most * HOUR);
  };
  return {
    approved: drawn('approved'),
    scheduled: drawn('scheduled'),
    collected: drawn('collected'),
    received: drawn('received'),
    processed: drawn('processed'),
    refunded: drawn('refunded'),
  };
};

export type Placing = {
  readonly seed: string;
  readonly nth: number;
  readonly customer: Customer;
  readonly at: Instant;
};

/** The life of an order, which ends before `end`. */
export const planOrder = ({ seed, nth, customer, at }: Placing, end: Instant, random: Random): Plan => {
  const lines = Array.from(
    {
      length: random.weighted(
        [...[1, 2, 3, 4].entries()].map(([i, n]) => [n, [55, 27, 12, 6][i] ?? 0] as const),
        1,
      ),
    },
    () => ({
      product: productFor(random),
      quantity: random.chance(0.2) ? random.whole(2, 4) : 1,
      discount: random.chance(0.15),
    }),
  );
  const method = random.weighted(METHODS, 'credit_card');
  const isDropped = random.chance(0.015);
  const isCancelled = isDropped || random.chance(0.035);
  const takesToPay = method === 'bank_transfer' ? random.whole(6 * HOUR, 3 * DAY) : random.whole(20_000, 10 * 60_000);
  const pays = plus(at, takesToPay);
  const shipped_at = plus(method === 'cash_on_delivery' ? at : pays, random.whole(3 * HOUR, 60 * HOUR));
  const delivered_at = plus(shipped_at, random.whole(16 * HOUR, 5 * DAY));
  const isAtTheDoor = method === 'cash_on_delivery';
  const byCourier = random.chance(BY_COURIER / 100);
  const line = random.whole(0, lines.length - 1);
  const back_at = plus(delivered_at, random.whole(DAY, 18 * DAY));
  const comesBack = random.chance(lines[line]?.product.returns ?? 0) && plus(back_at, RETURN_TAKES) < end;
  const goodwill_at = plus(delivered_at, random.whole(2 * HOUR, 4 * DAY));
  return {
    order_id: seedId(seed, `order/${nth}`),
    payment_id: seedId(seed, `payment/${nth}`),
    return_id: seedId(seed, `return/${nth}`),
    customer,
    placed_at: at,
    lines,
    method,
    paid_at: isDropped || (isCancelled && isAtTheDoor) ? null : isAtTheDoor ? delivered_at : pays,
    cancelled_at: isCancelled ? plus(isDropped || isAtTheDoor ? at : pays, random.whole(10 * 60_000, 2 * HOUR)) : null,
    shipped_at,
    delivered_at,
    carrier: byCourier ? null : random.weighted(CARRIERS, 'DHL'),
    courier: byCourier ? `courier-${random.whole(1, COURIERS)}` : null,
    tracking_number: `T${random.whole(10 ** 9, 10 ** 10 - 1)}`,
    goodwill_at: random.chance(0.02) && !comesBack && goodwill_at < end ? goodwill_at : null,
    comes_back:
      isCancelled || !comesBack
        ? null
        : {
            at: back_at,
            reason: random.weighted(REASONS, 'other'),
            line,
            quantity: random.whole(1, lines[line]?.quantity ?? 1),
            outcome: random.weighted(
              [
                ['refunded', 90],
                ['rejected', 6],
                ['withdrawn', 4],
              ] as const,
              'refunded',
            ),
            has_fee: random.chance(0.1),
            takes: stepsFrom(random),
          },
    giving_back_takes: random.whole(HOUR / 6, 30 * HOUR),
  };
};

export type Numbers = { readonly order: string; readonly payment: string; readonly return: string };

/** The events of an order, decided by the same rules as those of every order. */
export const storyOf = (seed: string, plan: Plan, numbers: Numbers): PastOrder => {
  const { order_id, payment_id, return_id, customer, method } = plan;
  const { market } = customer;
  const { currency } = market;
  const order = openPast(decider);
  const payment = openPast(paymentDecider);
  const parcel = openPast(returnDecider);
  const buyer: Actor = { id: customer.id, role: 'customer' };

  const now = () => {
    const state = order.state();
    if (!isPlaced(state)) throw new Error(`${order_id} was not placed`);
    return state;
  };

  const place = (at: Instant): void => {
    const lines = plan.lines.map(({ product, quantity, discount }, index): RequestedLine => {
      const unit_price = priceIn(market, product.cents);
      return {
        id: seedId(seed, `${order_id}/line/${index}`),
        product_id: product.id,
        product_name: product.name,
        product_sku: product.sku,
        product_description: null,
        unit_price,
        quantity,
        ...(discount && { discount: Math.floor((unit_price * quantity) / 10) }),
      };
    });
    const data = {
      order_number: numbers.order,
      customer_id: customer.id,
      currency,
      locale: customer.locale,
      tax_rate: market.tax_rate,
      shipping_cost: priceIn(market, 490),
      payment_method: method,
      scheduled_for: null,
      lines,
      personal: {
        customer_email: customer.email,
        customer_name: customer.name,
        shipping_address: customer.address,
        billing_address: null,
        notes: null,
        meta_data: null,
        latitude: null,
        longitude: null,
        line_meta_data: {},
      },
    };
    order.does({ type: 'PlaceOrder', data, at, by: buyer });
  };

  const pay = (at: Instant): void => {
    const amount = ledgerOf(now()).amount_due;
    const taken = { payment_id, amount, method };
    const data = {
      payment_number: numbers.payment,
      order_id,
      customer_id: customer.id,
      method,
      amount,
      currency,
      transaction_id: null,
      personal: { notes: null, meta_data: null },
    };
    payment.does({ type: 'InitiatePayment', data, at, by: buyer });
    order.does({ type: 'StartPayment', data: taken, at, by: SYSTEM });
    payment.does({ type: 'StartProcessing', data: {}, at, by: SYSTEM });
    payment.does({ type: 'CompletePayment', data: { transaction_id: null }, at, by: SYSTEM });
    order.does({ type: 'RecordCapture', data: taken, at, by: SYSTEM });
  };

  const act = (action: OrderAction, at: Instant, said: object = {}): void =>
    void order.does({ type: 'TakeOrderAction', data: { action, ...said }, at, by: ADMIN }, withoutInvoice);

  /** What the order allocated goes back: by the gateway, or people pay it out. */
  const giveBack = (events: readonly OrderEvent[], at: Instant): void => {
    for (const { type, data } of events) {
      if (type !== 'RefundAllocated') continue;
      const { kind, return_id: of_return } = data;
      for (const { payment_id: _, ...part } of data.refunds) {
        const { refund_id, amount } = part;
        const requested = { ...part, kind, return_id: of_return };
        payment.does({ type: 'RequestRefund', data: requested, at, by: SYSTEM });
        if (isPaidByPeople(part.method)) {
          const resolving = { refund_id, method: part.method === 'cash' ? 'cash' : 'bank_transfer' } as const;
          if (!data.paid_out) order.does({ type: 'ResolveRefund', data: resolving, at, by: ADMIN });
          payment.does({ type: 'PayOutRefund', data: { refund_id, amount, method: part.method }, at, by: ADMIN });
        } else {
          payment.does({ type: 'CompleteRefund', data: { refund_id }, at, by: SYSTEM });
          order.does({ type: 'RecordRefund', data: { ...requested, payment_id }, at, by: SYSTEM });
        }
      }
    }
  };

  const send = (): void => {
    const { shipped_at, delivered_at, carrier, courier, tracking_number } = plan;
    act('start_processing', plus(shipped_at, -HOUR));
    if (courier === null) act('ship', shipped_at, { carrier, tracking_number });
    else {
      const assigned = { delivery_partner_id: courier };
      order.does({ type: 'AssignDeliveryPartner', data: assigned, at: plus(shipped_at, -HOUR / 2), by: ADMIN });
      act('out_for_delivery', shipped_at);
    }
    act('deliver', delivered_at);
  };

  const giveGoodwill = (at: Instant): void => {
    const goodwill = Math.min(priceIn(market, 500), ledgerOf(now()).owed);
    const data = { goodwill, reason_category: 'goodwill' as const };
    giveBack(order.does({ type: 'RefundOrder', data, at, by: ADMIN }), at);
  };

  const comeBack = ({ at, reason, line, quantity, outcome, has_fee, takes }: NonNullable<Plan['comes_back']>): void => {
    const order_item_id = now().lines[line]?.id ?? '';
    const items = [{ order_item_id, quantity, reason: null }];
    const personal = { reason_description: null, return_address: null, notes: null, meta_data: null, conditions: {} };
    const asked = { return_id, return_number: numbers.return, reason, items, force: false, personal };
    for (const { type, data } of order.does({ type: 'OpenReturn', data: asked, at, by: buyer }))
      if (type === 'ReturnOpened')
        parcel.does({ type: 'InitiateReturn', data: initiationOf(data, now(), order_id), at, by: SYSTEM });
    const step = (action: ReturnAction, when: Instant, said: object = {}) =>
      parcel.does({ type: 'TakeReturnAction', data: { action, ...said }, at: when, by: ADMIN });
    const checked = plus(at, takes.approved);
    if (outcome !== 'refunded') {
      const isRejected = outcome === 'rejected';
      step(isRejected ? 'reject' : 'cancel', checked, { reason: 'The goods were used.' });
      const closed = { return_id, outcome: isRejected ? 'rejected' : 'cancelled' } as const;
      order.does({ type: 'CloseReturn', data: closed, at: checked, by: SYSTEM });
      return;
    }
    step('approve', checked);
    const scheduled = plus(checked, takes.scheduled);
    const collected = plus(scheduled, takes.collected);
    const received = plus(collected, takes.received);
    const processed = plus(received, takes.processed);
    step('schedule_pickup', scheduled);
    step('start_transit', collected);
    step('receive', received);
    const restocking_fee = has_fee ? Math.min(priceIn(market, 200), now().lines[line]?.unit_price ?? 0) : 0;
    step('process', processed, { restocking_fee });
    const settling = {
      return_id,
      items: [{ order_item_id, accepted_quantity: quantity }],
      reviewed_amount: null,
      restocking_fee,
      refund_method: 'original_payment' as const,
    };
    const settled = order.does({ type: 'SettleReturn', data: settling, at: processed, by: SYSTEM });
    const refunded = plus(processed, takes.refunded);
    giveBack(settled, refunded);
    const refunded_amount = refundedAmount(now(), return_id);
    parcel.does({ type: 'RecordReturnRefunded', data: { refunded_amount }, at: refunded, by: SYSTEM });
  };

  const { placed_at, paid_at, cancelled_at, goodwill_at, comes_back, delivered_at } = plan;
  place(placed_at);
  const isPaidBefore = paid_at !== null && paid_at < delivered_at;
  if (isPaidBefore) pay(paid_at);
  if (cancelled_at !== null) {
    act('cancel', cancelled_at, { reason_category: isPaidBefore ? 'customer_request' : 'other' });
    giveBack(
      order.does({ type: 'RefundOverpaid', data: {}, at: plus(cancelled_at, 60_000), by: SYSTEM }),
      plus(cancelled_at, plan.giving_back_takes),
    );
  } else {
    act('confirm', isPaidBefore ? paid_at : plus(placed_at, 60_000));
    send();
    if (paid_at !== null && !isPaidBefore) pay(paid_at);
    if (goodwill_at !== null) giveGoodwill(goodwill_at);
    if (comes_back !== null) comeBack(comes_back);
  }
  return {
    customer_id: customer.id,
    order: { stream: orderStream(order_id), steps: order.steps },
    beside: [
      { stream: paymentStream(payment_id), steps: payment.steps },
      { stream: returnStream(return_id), steps: parcel.steps },
    ],
  };
};

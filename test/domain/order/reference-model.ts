/**
 * A second, naive telling of an order's money: every unit is an object of its own, every sum is taken anew. It shares
 * no code with the domain. The model test runs both and compares.
 */
export type Unit = {
  /** The return that has it. */
  holder: string | null;
  isFault: boolean;
  /** The shipment that it is in: nth of the order; null: it is left, or cancelled. */
  shipment: number | null;
  /** Cancelled: before the invoice, so that it is not paid for, or after it, so that it was credited. */
  cancelled: 'unpaid' | 'credited' | null;
};
export type ModelShipment = { id: string; status: string; resolution: 'refund' | 'resend' | null };
/** `ordered`: the price of all its units; `price`: without those that were cancelled before the invoice. */
export type ModelLine = { id: string; ordered: number; price: number; units: Unit[] };
export type ModelPayment = {
  id: string;
  amount: number;
  status: 'in_flight' | 'captured' | 'failed';
  isReceipt: boolean;
};
export type ModelRefund = {
  id: string;
  payment: string;
  amount: number;
  /** `gone`: it went back, by the gateway or by hand. `dropped`: given up, or replaced by another. */
  status: 'pending' | 'gone' | 'failed' | 'dropped';
  byPeople: boolean;
  kind: string;
  holder: string | null;
};
export type ModelCredit = {
  kind: string;
  amount: number;
  byLine: { line: string; quantity: number; amount: number }[];
  shipping: number;
  goodwill: number;
  isInvoiced: boolean;
  /** Of particular units: it lowers no other unit of its lines. */
  ofUnits?: true;
};
/** `step`: what its own stream says. */
export type ModelReturn = {
  id: string;
  status: 'open' | 'settled' | 'closed';
  step: string;
  amount: number;
  pays: number;
};

export type Model = {
  status: string;
  isHeld: boolean;
  shipping: number;
  lines: ModelLine[];
  payments: ModelPayment[];
  refunds: ModelRefund[];
  credits: ModelCredit[];
  returns: ModelReturn[];
  shipments: ModelShipment[];
  /** The amount of the invoice; null before goods left. */
  invoice: number | null;
};

const add = (amounts: readonly number[]): number => amounts.reduce((total, amount) => total + amount, 0);

export const total = (m: Model): number => add(m.lines.map(({ price }) => price)) + m.shipping;
export const credited = (m: Model): number => add(m.credits.map(({ amount }) => amount));
export const owed = (m: Model): number => (m.status === 'cancelled' ? 0 : total(m) - credited(m));
export const captured = (m: Model): number =>
  add(m.payments.filter(({ status }) => status === 'captured').map(({ amount }) => amount));
export const inFlight = (m: Model): number =>
  add(m.payments.filter(({ status }) => status === 'in_flight').map(({ amount }) => amount));
export const sumOf = (
  m: Model,
  statuses: readonly string[],
  pick: (one: ModelRefund) => boolean = () => true,
): number => add(m.refunds.filter((one) => statuses.includes(one.status) && pick(one)).map(({ amount }) => amount));

/** Captured, and neither gone nor going. */
export const balance = (m: Model): number => captured(m) - sumOf(m, ['gone', 'pending']);
export const due = (m: Model): number => Math.max(0, owed(m) - balance(m));
export const overpaid = (m: Model): number => Math.max(0, balance(m) - owed(m));

export const leftOf = (m: Model, payment: ModelPayment, without: readonly string[] = []): number =>
  payment.status === 'captured'
    ? payment.amount - sumOf(m, ['gone', 'pending'], (one) => one.payment === payment.id && !without.includes(one.id))
    : 0;

/** What a settled return is still to get and is not allocated. */
export const claim = (m: Model, one: ModelReturn): number =>
  one.status === 'settled' && !m.refunds.some(({ holder }) => holder === one.id) ? one.pays : 0;

/** What goes back by the rule: overpaid, and neither failed nor claimed. */
export const payable = (m: Model): number =>
  Math.max(0, overpaid(m) - sumOf(m, ['failed']) - add(m.returns.map((one) => claim(m, one))));

/** What a further credit sends back: the rest of it is set off. */
export const paysOf = (m: Model, amount: number): number =>
  Math.max(0, Math.min(amount, balance(m) - owed(m) + amount));

const halfUp = (amount: number, part: number, whole: number): number =>
  Math.floor((2 * amount * part + whole) / (2 * whole));

export const creditedOfLine = (m: Model, line: string, withReturns: boolean): number =>
  add(
    m.credits
      .filter(({ kind, ofUnits }) => withReturns || (kind !== 'return' && ofUnits === undefined))
      .flatMap(({ byLine }) => byLine.filter((part) => part.line === line).map(({ amount }) => amount)),
  );
export const leftOfLine = (m: Model, { id, price }: ModelLine): number => price - creditedOfLine(m, id, true);
export const leftOfShipping = (m: Model): number =>
  Math.max(0, m.shipping - add(m.credits.map(({ shipping }) => shipping)));

/** What so many further units of a line were agreed at, counted from those that were credited by number. */
export const agreed = (m: Model, { id, ordered, units }: ModelLine, quantity: number): number => {
  const before = creditedUnits(m, id);
  return halfUp(ordered, before + quantity, units.length) - halfUp(ordered, before, units.length);
};
export const creditedUnits = (m: Model, line: string): number =>
  add(
    m.credits
      .filter(({ kind }) => kind !== 'return')
      .flatMap(({ byLine }) => byLine.filter((part) => part.line === line).map(({ quantity }) => quantity)),
  );

const isDelivered = (m: Model, { shipment }: Unit): boolean =>
  shipment !== null && m.shipments[shipment]?.status === 'delivered';

/** Delivered, and in no return. */
const isFree = (m: Model, unit: Unit): boolean => unit.holder === null && isDelivered(m, unit);
export const freeCount = (m: Model, { units }: ModelLine): number => units.filter((unit) => isFree(m, unit)).length;
const isLeft = ({ shipment, cancelled }: Unit): boolean => shipment === null && cancelled === null;
export const leftCount = ({ units }: ModelLine): number => units.filter(isLeft).length;

/** Where the units of a line are. `lost`: in a shipment whose money went back; `sent`: in any other that stands. */
export const placesOf = (m: Model, { units }: ModelLine) => {
  const count = (isThere: (unit: Unit) => boolean) => units.filter(isThere).length;
  const isIn = (resolution: ModelShipment['resolution']) => (unit: Unit) =>
    unit.shipment !== null && m.shipments[unit.shipment]?.resolution === resolution;
  return {
    ordered: units.length,
    left: count(isLeft),
    cancelled: count(({ cancelled }) => cancelled !== null),
    sent: count(isIn(null)),
    lost: count(isIn('refund')),
    delivered: count((unit) => isDelivered(m, unit)),
    returned: count(({ holder }) => holder !== null),
  };
};

/** The units that are paid for. */
export const soldCount = ({ units }: Pick<ModelLine, 'units'>): number =>
  units.filter(({ cancelled }) => cancelled !== 'unpaid').length;
export const isAnythingLeft = (m: Model): boolean => m.lines.some((line) => leftCount(line) > 0);

export const isOpen = ({ status }: ModelShipment): boolean =>
  ['shipped', 'out_for_delivery', 'failed'].includes(status);
const isStuck = ({ status, resolution }: ModelShipment): boolean =>
  (status === 'lost' || status === 'returned_to_sender') && resolution === null;

/** What the goods say the status is. */
const statusNow = (m: Model): string => {
  if (m.shipments.length === 0) return m.status;
  if (isAnythingLeft(m)) return 'partially_shipped';
  const isSome = (wanted: string) => m.shipments.some(({ status }) => status === wanted);
  if (m.shipments.some((one) => isOpen(one) || isStuck(one))) {
    if (isSome('delivered')) return 'partially_delivered';
    return isSome('out_for_delivery') ? 'out_for_delivery' : 'shipped';
  }
  if (!isSome('delivered')) return 'undelivered';
  if (m.returns.some(({ status }) => status !== 'closed')) return 'return_requested';
  const held = m.lines.flatMap(({ units }) =>
    units.filter((unit) => isDelivered(m, unit)).map(({ holder }) => holder !== null),
  );
  return held.every(Boolean) ? 'returned' : held.some(Boolean) ? 'partially_returned' : 'delivered';
};

/** So many of the first units that are left of each line leave; without numbers all of them do. */
export const ship = (m: Model, id: string, status: string, quantities?: readonly number[]): void => {
  m.invoice ??= owed(m);
  m.lines.forEach(({ units }, index) => {
    units
      .filter(isLeft)
      .slice(0, quantities === undefined ? units.length : (quantities[index] ?? 0))
      .forEach((unit) => Object.assign(unit, { shipment: m.shipments.length }));
  });
  m.shipments.push({ id, status, resolution: null });
  m.status = statusNow(m);
};

/** Shipping goes back when nothing is kept: all that arrived is in settled returns, or in the one that is settled now. */
const shippingDue = (m: Model, settling?: string): number => {
  if (isAnythingLeft(m) || m.shipments.some((one) => isOpen(one) || isStuck(one))) return 0;
  const isBack = ({ holder }: Unit) =>
    holder !== null && (holder === settling || m.returns.some(({ id, status }) => id === holder && status !== 'open'));
  const arrived = m.lines.flatMap(({ units }) => units).filter((unit) => isDelivered(m, unit));
  return arrived.every((unit) => isBack(unit) && unit.isFault) ? leftOfShipping(m) : 0;
};

/** What an action on the order does to the shipments that are in delivery. */
export const moveAll = (m: Model, status: 'out_for_delivery' | 'delivered'): void => {
  for (const one of m.shipments.filter(isOpen)) one.status = status;
  m.status = statusNow(m);
};

/** Moves one shipment. Of a refund: what it credits, which is what its units are worth, and shipping if nothing is kept. */
export const move = (
  m: Model,
  one: ModelShipment,
  { status, resolution }: Pick<ModelShipment, 'status' | 'resolution'>,
): ModelCredit | null => {
  const nth = m.shipments.indexOf(one);
  Object.assign(one, { status, resolution });
  const byLine = m.lines.map((line) => {
    const isIn = ({ shipment }: Unit) => shipment === nth;
    return { line: line.id, quantity: line.units.filter(isIn).length, amount: worthOf(m, line, isIn) };
  });
  const credit = creditOf(m, { byLine, shipping: shippingDue(m) });
  if (resolution === 'resend') {
    for (const { units } of m.lines) for (const unit of units) if (unit.shipment === nth) unit.shipment = null;
  }
  m.status = statusNow(m);
  return resolution === 'refund' ? credit : null;
};

/**
 * Cancels so many of the last units that are left of each line. Before the invoice they are not paid for; after it they
 * are credited, and shipping with them if nothing is kept.
 */
export const cancel = (m: Model, quantities: readonly number[]): ModelCredit | null => {
  const chosen = m.lines.map(({ units }, index) =>
    units
      .filter(isLeft)
      .toReversed()
      .slice(0, quantities[index] ?? 0),
  );
  if (m.invoice === null) {
    const before = soldCounts(m);
    m.lines.forEach((line, index) => {
      const gone = new Set(chosen[index]);
      line.price -= priceOf(line, line.ordered, (unit) => gone.has(unit));
      for (const unit of gone) unit.cancelled = 'unpaid';
    });
    cutCredits(m, before);
    if (!isAnythingLeft(m)) Object.assign(m, { status: 'cancelled', isHeld: false });
    return null;
  }
  const byLine = m.lines.map((line, index) => {
    const gone = new Set(chosen[index]);
    return { line: line.id, quantity: gone.size, amount: worthOf(m, line, (unit) => gone.has(unit)) };
  });
  for (const unit of chosen.flat()) unit.cancelled = 'credited';
  const shipping = shippingDue(m);
  m.status = statusNow(m);
  return creditOf(m, { kind: 'cancellation', byLine, shipping });
};

/** A credit of particular units: never more than is owed. */
const creditOf = (
  m: Model,
  { kind, byLine, shipping }: Pick<ModelCredit, 'byLine' | 'shipping'> & { kind?: string },
): ModelCredit | null => {
  let room = owed(m);
  const take = (amount: number): number => {
    const part = Math.min(amount, room);
    room -= part;
    return part;
  };
  const kept = byLine.map((part) => ({ ...part, amount: take(part.amount) })).filter(({ amount }) => amount > 0);
  const ofShipping = take(shipping);
  const amount = ofShipping + add(kept.map((part) => part.amount));
  if (amount === 0) return null;
  const ofParts = kept.length > 0 ? 'line' : 'shipping';
  return {
    kind: kind ?? ofParts,
    amount,
    byLine: kept,
    shipping: ofShipping,
    goodwill: 0,
    isInvoiced: true,
    ofUnits: true,
  };
};

/** Each unit of a line has its share of a price. */
const priceOf = ({ units }: ModelLine, price: number, isOf: (unit: Unit) => boolean): number =>
  add(
    units.map((unit, index) =>
      isOf(unit) ? halfUp(price, index + 1, units.length) - halfUp(price, index, units.length) : 0,
    ),
  );

/** What some units of a line are worth now: less by what the line was reduced, and never more than it has left. */
const worthOf = (m: Model, line: ModelLine, isOf: (unit: Unit) => boolean): number => {
  const reduced = creditedOfLine(m, line.id, false);
  const sold = { ...line, units: line.units.filter(({ cancelled }) => cancelled !== 'unpaid') };
  const worth = reduced === 0 ? priceOf(line, line.ordered, isOf) : priceOf(sold, line.price - reduced, isOf);
  return Math.min(worth, Math.max(0, leftOfLine(m, line)));
};

/** Takes an amount from the payments, last first; what failed refunds stand for is taken last. */
export const splitOver = (
  m: Model,
  amount: number,
  without: readonly string[] = [],
): readonly { payment: ModelPayment; amount: number }[] => {
  const taken = new Map<ModelPayment, number>();
  let missing = amount;
  const take = (payment: ModelPayment, available: number): void => {
    const part = Math.max(0, Math.min(missing, available));
    taken.set(payment, (taken.get(payment) ?? 0) + part);
    missing -= part;
  };
  const newest = m.payments.toReversed();
  const failedOf = ({ id }: ModelPayment) =>
    sumOf(m, ['failed'], (one) => one.payment === id && !without.includes(one.id));
  for (const payment of newest) take(payment, leftOf(m, payment, without) - failedOf(payment));
  for (const payment of newest) take(payment, leftOf(m, payment, without) - (taken.get(payment) ?? 0));
  return newest.map((payment) => ({ payment, amount: taken.get(payment) ?? 0 })).filter((part) => part.amount > 0);
};

export const open = (m: Model, id: string, quantities: readonly number[], isFault: boolean): void => {
  m.lines.forEach(({ units }, index) => {
    units
      .filter((unit) => isFree(m, unit))
      .slice(0, quantities[index])
      .forEach((unit) => Object.assign(unit, { holder: id, isFault }));
  });
  m.returns.push({ id, status: 'open', step: 'initiated', amount: 0, pays: 0 });
  m.status = statusNow(m);
};

const release = (m: Model, id: string, keep: readonly number[]): void =>
  m.lines.forEach(({ units }, index) => {
    units
      .filter(({ holder }) => holder === id)
      .slice(keep[index] ?? 0)
      .forEach((unit) => Object.assign(unit, { holder: null, isFault: false }));
  });

/** Accepts the first units of each line and says what that is worth, shipping included where it is due. */
export const settle = (
  m: Model,
  one: ModelReturn,
  {
    accepted,
    review,
    fee,
  }: { readonly accepted: readonly number[]; readonly review: number | null; readonly fee: number },
): void => {
  release(m, one.id, accepted);
  const shipping = shippingDue(m, one.id);
  const byLine = m.lines.map((line, index) => ({
    line: line.id,
    quantity: accepted[index] ?? 0,
    amount: worthOf(m, line, ({ holder }) => holder === one.id),
  }));
  const value = add(byLine.map(({ amount }) => amount)) + shipping;
  one.amount = Math.min(Math.max(0, Math.min(value, review ?? value) - fee), owed(m));
  one.pays = paysOf(m, one.amount);
  one.status = 'settled';
  m.credits.push({ kind: 'return', amount: one.amount, byLine, shipping, goodwill: 0, isInvoiced: true });
};

export const close = (m: Model, one: ModelReturn, keepsUnits: boolean): void => {
  if (!keepsUnits) release(m, one.id, []);
  one.status = 'closed';
  m.status = statusNow(m);
};

/** New lines. */
export const replaceLines = (m: Model, lines: ModelLine[]): void => {
  const before = soldCounts(m);
  m.lines = lines;
  cutCredits(m, before);
};

const soldCounts = ({ lines }: Model): ReadonlyMap<string, number> =>
  new Map(lines.map((line) => [line.id, soldCount(line)]));

/** What was credited of units that are gone goes with them; above the new total the newest credits are cut. */
const cutCredits = (m: Model, counts: ReadonlyMap<string, number>): void => {
  const room = new Map(m.lines.map(({ id, price }) => [id, price]));
  for (const credit of m.credits) {
    for (const part of credit.byLine) {
      const before = counts.get(part.line) ?? 0;
      const line = m.lines.find(({ id }) => id === part.line);
      const after = line === undefined ? 0 : soldCount(line);
      const share = after >= before ? part.amount : halfUp(part.amount, after, before);
      part.amount = Math.min(share, room.get(part.line) ?? 0);
      part.quantity = Math.min(part.quantity, after);
      room.set(part.line, (room.get(part.line) ?? 0) - part.amount);
    }
  }
  const sizeOf = ({ byLine, shipping, goodwill }: ModelCredit) =>
    add(byLine.map(({ amount }) => amount)) + shipping + goodwill;
  let overpayment = add(m.credits.map(sizeOf)) - total(m);
  for (const credit of m.credits.toReversed()) {
    const cut = (amount: number): number => {
      const part = Math.max(0, Math.min(amount, overpayment));
      overpayment -= part;
      return amount - part;
    };
    credit.goodwill = cut(credit.goodwill);
    credit.shipping = cut(credit.shipping);
    for (const part of credit.byLine.toReversed()) part.amount = cut(part.amount);
    credit.amount = sizeOf(credit);
  }
  // A part that lost all of its amount is no part any more.
  for (const credit of m.credits) credit.byLine = credit.byLine.filter(({ amount }) => amount > 0);
};

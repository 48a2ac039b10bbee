/**
 * A second, naive telling of an order's money: every unit is an object of its own, every sum is taken anew. It shares
 * no code with the domain. The model test runs both and compares.
 */
export type Unit = {
  /** The return that has it. */
  holder: string | null;
  isFault: boolean;
  /** The shipment that it is in: nth of the order; null: it is left. */
  shipment: number | null;
};
export type ModelShipment = { id: string; status: string; resolution: 'refund' | 'resend' | null };
export type ModelLine = { id: string; price: number; units: Unit[] };
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
export type ModelReturn = { id: string; status: 'open' | 'settled' | 'closed'; amount: number; pays: number };

export type Model = {
  status: string;
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
export const agreed = (m: Model, { id, price, units }: ModelLine, quantity: number): number => {
  const before = creditedUnits(m, id);
  return halfUp(price, before + quantity, units.length) - halfUp(price, before, units.length);
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
export const leftCount = ({ units }: ModelLine): number => units.filter(({ shipment }) => shipment === null).length;
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
      .filter(({ shipment }) => shipment === null)
      .slice(0, quantities === undefined ? units.length : (quantities[index] ?? 0))
      .forEach((unit) => Object.assign(unit, { shipment: m.shipments.length }));
  });
  m.shipments.push({ id, status, resolution: null });
  m.status = statusNow(m);
};

/** What an action on the order does to the shipments that are in delivery. */
export const moveAll = (m: Model, status: 'out_for_delivery' | 'delivered'): void => {
  for (const one of m.shipments.filter(isOpen)) one.status = status;
  m.status = statusNow(m);
};

/** Moves one shipment. Of a refund: what it credits, which is what its units are worth, and shipping if nothing arrives. */
export const move = (
  m: Model,
  one: ModelShipment,
  { status, resolution }: Pick<ModelShipment, 'status' | 'resolution'>,
): ModelCredit | null => {
  const nth = m.shipments.indexOf(one);
  Object.assign(one, { status, resolution });
  const isLast = !isAnythingLeft(m) && m.shipments.every((other) => !isOpen(other) && !isStuck(other));
  const isHopeless = isLast && m.shipments.every((other) => other.status !== 'delivered');
  const byLine = m.lines.map((line) => {
    const isIn = ({ shipment }: Unit) => shipment === nth;
    return { line: line.id, quantity: line.units.filter(isIn).length, amount: worthOf(m, line, isIn) };
  });
  let room = owed(m);
  const take = (amount: number): number => {
    const part = Math.min(amount, room);
    room -= part;
    return part;
  };
  const kept = byLine.map((part) => ({ ...part, amount: take(part.amount) })).filter(({ amount }) => amount > 0);
  const shipping = isHopeless ? take(leftOfShipping(m)) : 0;
  const amount = shipping + add(kept.map((part) => part.amount));
  if (resolution === 'resend') {
    for (const { units } of m.lines) for (const unit of units) if (unit.shipment === nth) unit.shipment = null;
  }
  m.status = statusNow(m);
  if (resolution !== 'refund' || amount === 0) return null;
  const kind = kept.length > 0 ? 'line' : 'shipping';
  return { kind, amount, byLine: kept, shipping, goodwill: 0, isInvoiced: true, ofUnits: true };
};

/** What some units of a line are worth now: less by what the line was reduced, and never more than it has left. */
const worthOf = (m: Model, line: ModelLine, isOf: (unit: Unit) => boolean): number => {
  const price = line.price - creditedOfLine(m, line.id, false);
  const worth = add(
    line.units.map((unit, index) =>
      isOf(unit) ? halfUp(price, index + 1, line.units.length) - halfUp(price, index, line.units.length) : 0,
    ),
  );
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
  m.returns.push({ id, status: 'open', amount: 0, pays: 0 });
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
  const isBack = ({ holder }: Unit) =>
    holder !== null && (holder === one.id || m.returns.some(({ id, status }) => id === holder && status !== 'open'));
  const units = m.lines.flatMap((line) => line.units).filter((unit) => isDelivered(m, unit));
  const hasAllArrived = !isAnythingLeft(m) && !m.shipments.some((one) => isOpen(one) || isStuck(one));
  const isComplete = hasAllArrived && units.every((unit) => isBack(unit) && unit.isFault);
  const shipping = isComplete ? leftOfShipping(m) : 0;
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

/** New lines take what was credited of units that are gone; above the new total the newest credits are cut. */
export const replaceLines = (m: Model, lines: ModelLine[]): void => {
  const counts = new Map(m.lines.map(({ id, units }) => [id, units.length]));
  m.lines = lines;
  const room = new Map(lines.map(({ id, price }) => [id, price]));
  for (const credit of m.credits) {
    for (const part of credit.byLine) {
      const before = counts.get(part.line) ?? 0;
      const after = lines.find(({ id }) => id === part.line)?.units.length ?? 0;
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

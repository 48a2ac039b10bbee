/**
 * A second, naive telling of an order's money: every unit is an object of its own, every sum is taken anew. It shares
 * no code with the domain. The model test runs both and compares.
 */
export type Unit = { holder: string | null; isFault: boolean };
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
      .filter(({ kind }) => withReturns || kind !== 'return')
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

export const freeCount = ({ units }: ModelLine): number => units.filter(({ holder }) => holder === null).length;

/** What the units that a return holds are worth now: less by what the line was reduced, and never more than it has left. */
const worthOf = (m: Model, line: ModelLine, holder: string): number => {
  const price = line.price - creditedOfLine(m, line.id, false);
  const worth = add(
    line.units.map((unit, index) =>
      unit.holder === holder
        ? halfUp(price, index + 1, line.units.length) - halfUp(price, index, line.units.length)
        : 0,
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
      .filter(({ holder }) => holder === null)
      .slice(0, quantities[index])
      .forEach((unit) => Object.assign(unit, { holder: id, isFault }));
  });
  m.returns.push({ id, status: 'open', amount: 0, pays: 0 });
  m.status = 'return_requested';
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
  const units = m.lines.flatMap((line) => line.units);
  const shipping = units.every((unit) => isBack(unit) && unit.isFault) ? leftOfShipping(m) : 0;
  const byLine = m.lines.map((line, index) => ({
    line: line.id,
    quantity: accepted[index] ?? 0,
    amount: worthOf(m, line, one.id),
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
  if (m.returns.some(({ status }) => status !== 'closed')) return;
  const held = m.lines.flatMap(({ units }) => units.map(({ holder }) => holder !== null));
  m.status = held.every(Boolean) ? 'returned' : held.some(Boolean) ? 'partially_returned' : 'delivered';
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

/**
 * A second, naive telling of an order's money: every unit is an object of its own, every sum is taken anew. It shares
 * no code with the domain. The model test runs both and compares.
 */
export type Unit = { holder: string | null; isFault: boolean };
export type ModelLine = { id: string; price: number; units: Unit[] };
export type ModelPayment = { id: string; amount: number; status: 'in_flight' | 'captured' | 'failed' };
export type ModelRefund = {
  id: string;
  payment: string;
  amount: number;
  status: 'pending' | 'done' | 'failed';
  cause: string;
  holder: string | null;
};
export type ModelReturn = {
  id: string;
  status: 'open' | 'settled' | 'closed';
  amount: number;
  isCredit: boolean;
  target: number;
};

export type Model = {
  status: string;
  isClosedByHand: boolean;
  wasDelivered: boolean;
  shipping: number;
  lines: ModelLine[];
  payments: ModelPayment[];
  refunds: ModelRefund[];
  returns: ModelReturn[];
};

const add = (amounts: readonly number[]): number => amounts.reduce((total, amount) => total + amount, 0);

export const total = (m: Model): number => add(m.lines.map(({ price }) => price)) + m.shipping;
export const captured = (m: Model): number =>
  add(m.payments.filter(({ status }) => status === 'captured').map(({ amount }) => amount));
export const inFlight = (m: Model): number =>
  add(m.payments.filter(({ status }) => status === 'in_flight').map(({ amount }) => amount));
export const gone = (m: Model, statuses: readonly string[], pick: (one: ModelRefund) => boolean = () => true): number =>
  add(m.refunds.filter((one) => statuses.includes(one.status) && pick(one)).map(({ amount }) => amount));

/** Captured, and neither gone nor going. */
export const here = (m: Model): number => captured(m) - gone(m, ['done', 'pending']);
export const leftOf = (m: Model, payment: ModelPayment): number =>
  payment.status === 'captured'
    ? payment.amount - gone(m, ['done', 'pending'], (one) => one.payment === payment.id)
    : 0;

export const due = (m: Model): number => {
  if (m.status === 'cancelled') return 0;
  const conceded = add(m.returns.map(({ amount }) => amount)) + gone(m, ['done'], ({ cause }) => cause === 'manual');
  return Math.max(0, total(m) - conceded - captured(m) + gone(m, ['done']));
};

/** What unit k (from 1) of a line is worth. */
export const worth = ({ price, units }: ModelLine, k: number): number => {
  const share = (count: number) => Math.floor((2 * price * count + units.length) / (2 * units.length));
  return share(k) - share(k - 1);
};

export const freeCount = ({ units }: ModelLine): number => units.filter(({ holder }) => holder === null).length;

/** Takes an amount from the payments, last first. */
export const splitOver = (m: Model, amount: number): readonly { payment: string; amount: number }[] => {
  let missing = Math.min(amount, here(m));
  const parts: { payment: string; amount: number }[] = [];
  for (let i = m.payments.length - 1; i >= 0 && missing > 0; i--) {
    const payment = m.payments[i];
    const part = payment === undefined ? 0 : Math.min(missing, leftOf(m, payment));
    if (payment === undefined || part === 0) continue;
    parts.push({ payment: payment.id, amount: part });
    missing -= part;
  }
  return parts;
};

export const open = (m: Model, id: string, quantities: readonly number[], isFault: boolean): void => {
  m.lines.forEach(({ units }, index) => {
    units
      .filter(({ holder }) => holder === null)
      .slice(0, quantities[index])
      .forEach((unit) => Object.assign(unit, { holder: id, isFault }));
  });
  m.returns.push({ id, status: 'open', amount: 0, isCredit: false, target: 0 });
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
  const shipping = units.every((unit) => isBack(unit) && unit.isFault) ? m.shipping : 0;
  const value = add(
    m.lines.flatMap((line) => line.units.map(({ holder }, index) => (holder === one.id ? worth(line, index + 1) : 0))),
  );
  one.amount = Math.max(0, Math.min(value + shipping, review ?? value + shipping) - fee);
  one.status = 'settled';
};

export const close = (m: Model, one: ModelReturn, keepsUnits: boolean): void => {
  if (!keepsUnits) release(m, one.id, []);
  one.status = 'closed';
  if (m.returns.some(({ status }) => status !== 'closed')) return;
  const held = m.lines.flatMap(({ units }) => units.map(({ holder }) => holder !== null));
  m.status = held.every(Boolean) ? 'returned' : held.some(Boolean) ? 'partially_returned' : 'delivered';
};

/** Money that nobody has a claim to. */
export const excess = (m: Model): number => {
  if (m.status === 'cancelled' || m.isClosedByHand) return here(m);
  const inMoney = m.returns.filter(({ isCredit }) => !isCredit);
  const cost = total(m) - gone(m, ['done'], ({ cause }) => cause === 'manual') - add(inMoney.map((one) => one.amount));
  const claims = inMoney
    .filter(({ status }) => status === 'settled')
    .map((one) => one.amount - gone(m, ['done', 'pending'], ({ holder }) => holder === one.id));
  return Math.max(0, here(m) - Math.max(0, cost) - add(claims));
};

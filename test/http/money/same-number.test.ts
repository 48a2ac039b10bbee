// time limit: 180 s
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { formatMoney } from '../../../src/documents/amount.ts';
import { readText } from '../../documents/pdf-text.ts';
import { moveOrder, moveReturn, type ReturnJson } from '../../support/money-over-http.ts';
import { idOfItem, openMoneyShop, STAFF, TOTAL, type MoneyShop } from '../../support/money-shop.ts';

/** Each way in which money moves: what is credited and what goes back stand in the API, the document, the mail and the ledger. */
const test = suite('mails, documents, API and ledger say the same number');
let shop: MoneyShop;

test.before(async () => {
  shop = await openMoneyShop();
});
test.after(() => shop.close());

const EMAIL = 'meera@shop.example';
const WHO = { customer_email: EMAIL, customer_name: 'Meera' };
const CASH = { ...WHO, payment_method: 'cash_on_delivery' };

const delivered = async (payment: Record<string, unknown> | null = {}) => {
  if (payment === null) return shop.delivered(CASH);
  const { id } = await shop.order(WHO);
  await shop.pay(id, payment);
  await shop.confirmed(id);
  await moveOrder(shop.api, id, ['start_processing', 'ship', 'deliver']);
  return shop.read(id);
};

type Memo = { readonly id: string; readonly kind: string; readonly total: number; readonly invoice_type: string };

/** The one credit memo of an order, as a reader sees it. */
const memoOf = async (
  order_id: string,
): Promise<{ readonly total: number; readonly kind: string; readonly text: string }> => {
  const { body } = await shop.call<readonly Memo[]>(`/invoices?order_id=${order_id}`);
  const [memo, ...others] = body.filter(({ invoice_type }) => invoice_type === 'return');
  assert.ok(memo !== undefined && others.length === 0, `${body.length} documents`);
  const token = await shop.api.token({ role: 'admin' });
  const response = await fetch(`${shop.api.url}/api/v1/invoices/${memo.id}/download`, {
    headers: { authorization: `Bearer ${token}` },
  });
  return { ...memo, text: (await readText(new Uint8Array(await response.arrayBuffer()))).replaceAll(/\s+/g, ' ') };
};

const mailsAbout = ({ order_number }: { readonly order_number: string }, to = EMAIL) =>
  shop.mails.filter(({ text, to: { address } }) => address === to && text.includes(order_number));
/** As documents print it. */
const printed = (amount: number): string => formatMoney(Math.round(amount * 100), 'USD');
const dollars = (amount: number): string => `$${amount.toFixed(2)}`;

type CreditedOrder = {
  readonly order: { readonly id: string; readonly order_number: string };
  /** What the shop gave up. */
  readonly credited: number;
  /** What of it goes back, and how the document says that. */
  readonly back: number;
  readonly way: string;
};

/** The credit of a delivered order, wherever it is told. */
const assertSameNumber = async ({ order, credited, back, way }: CreditedOrder): Promise<void> => {
  const now = await shop.settled(order.id);
  assert.is(now.credited, credited, 'the order');
  const { credited_by_documents, refunded, agrees } = await shop.books(order.id);
  assert.equal([credited_by_documents, refunded, agrees], [credited, back, true], 'the ledger');
  const memo = await memoOf(order.id);
  assert.is(memo.total, credited, 'the list of documents');
  assert.ok(memo.text.includes(`Total credited ${printed(credited)}`), memo.text);
  if (back > 0) assert.ok(memo.text.includes(`${way} ${printed(back)}`), memo.text);
  const setOff = credited - back;
  assert.is(memo.text.includes(`Set off against what was due ${printed(setOff)}`), setOff > 0, memo.text);
  const told = mailsAbout(order).filter(({ attachment }) => attachment?.file_name.startsWith('credit_memo_'));
  assert.is(told.length, 1, 'one mail brings the memo');
  assert.ok(told[0]?.text.includes(dollars(credited)), told[0]?.text);
  if (back > 0) assert.ok(told[0]?.text.includes(dollars(back)), told[0]?.text);
};

const BY_CARD = 'Paid out by original payment';

test('a price reduction, shipping and goodwill', async () => {
  for (const [json, credited] of [
    [{ shipping: 5 }, 5],
    [{ goodwill: 12.5 }, 12.5],
    [{ items: 'A' }, 55],
  ] as const) {
    const order = await delivered();
    const asked = 'items' in json ? { items: [{ order_item_id: idOfItem(order, 'A'), quantity: 1 }] } : json;
    assert.is((await shop.credit(order.id, asked)).body.credited, credited);
    await assertSameNumber({ order, credited, back: credited, way: BY_CARD });
  }
});

test('a refund of a payment after the invoice', async () => {
  const order = await delivered();
  const answer = await shop.refund(order.payments[0]?.id ?? '', { amount: 20 });
  assert.equal([answer.body.credited, answer.body.refunded_amount], [20, 20]);
  await assertSameNumber({ order, credited: 20, back: 20, way: BY_CARD });
});

test('a return: as it was paid, as store credit, and of an order of which a part is due', async () => {
  for (const [payment, method, back, way] of [
    [{}, 'original_payment', 110, BY_CARD],
    [{}, 'store_credit', 110, 'Given as store credit'],
    [{ amount: 50 }, 'original_payment', 45, BY_CARD],
    [null, 'original_payment', 0, ''],
  ] as const) {
    const isWhole = payment === null || !('amount' in payment);
    const order = isWhole ? await delivered(payment) : await shop.delivered(CASH);
    if (!isWhole) await shop.pay(order.id, payment);
    const opened = await shop.openReturn(order.id);
    assert.is(opened.refund_amount, 110);
    await shop.processReturn(opened.id, { refund_method: method });
    await shop.settled(order.id);
    const { body } = await shop.call<ReturnJson>(`/returns/${opened.id}`);
    assert.equal([body.refund_amount, body.refunded_amount, body.status], [110, back, 'refunded']);
    const { body: list } = await shop.call<readonly ReturnJson[]>(`/returns?order_id=${order.id}`);
    assert.is(list[0]?.refund_amount, 110);
    await assertSameNumber({ order, credited: 110, back, way });
  }
});

test('money that people pay out: staff and the customer read the same amount', async () => {
  const order = await delivered({ method: 'bank_transfer' });
  const opened = await shop.openReturn(order.id, {
    items: [{ order_item_id: idOfItem(order, 'A'), quantity: 1 }],
  });
  await shop.processReturn(opened.id);
  const waiting = await shop.settled(order.id);
  assert.equal(
    mailsAbout(order, STAFF.address).map(({ subject }) => subject),
    [`A refund for order ${order.order_number} is to be paid out`],
  );
  assert.ok(mailsAbout(order, STAFF.address)[0]?.text.includes(dollars(55)));
  await shop.resolve(order.id, waiting.refunds[0]?.id ?? '', { method: 'bank_transfer' });
  await assertSameNumber({ order, credited: 55, back: 55, way: 'Paid out by bank transfer' });
});

test('a cancelled order, and what was overpaid: the mail says what goes back', async () => {
  const cancelled = await shop.order(WHO);
  await shop.pay(cancelled.id);
  await shop.call(`/orders/${cancelled.id}/cancel`, { method: 'POST' });
  await shop.settled(cancelled.id);
  assert.is((await shop.books(cancelled.id)).refunded, TOTAL);
  const mails = mailsAbout(cancelled).filter(({ subject }) => /cancelled|refund/i.test(subject));
  assert.is(mails.length, 2, mails.map(({ subject }) => subject).join('; '));
  for (const { text } of mails) assert.ok(text.includes(dollars(TOTAL)), text);

  const twice = await delivered();
  await shop.pay(twice.id, { method: 'other', amount: 7.01 });
  const waiting = await shop.settled(twice.id);
  assert.is(waiting.refunds[0]?.amount, 7.01);
  await shop.resolve(twice.id, waiting.refunds[0]?.id ?? '', { method: 'cash' });
  await shop.settled(twice.id);
  const [paidBack] = mailsAbout(twice).filter(({ subject }) => /refund/i.test(subject));
  assert.ok(paidBack?.text.includes(dollars(7.01)), paidBack?.text);
  assert.equal([(await shop.books(twice.id)).refunded, (await shop.read(twice.id)).credited], [7.01, 0]);
});

test('a refund before the invoice: nothing is credited, and the mail says that it is due again', async () => {
  const order = await shop.order(WHO);
  const paid = await shop.pay(order.id);
  assert.is((await shop.refund(paid.id, { amount: 15 })).body.credited, 0);
  const now = await shop.settled(order.id);
  assert.equal([now.credited, now.amount_due, (await shop.books(order.id)).refunded], [0, 15, 15]);
  const [mail] = mailsAbout(order).filter(({ subject }) => /refund/i.test(subject));
  assert.ok(mail?.text.includes(dollars(15)), mail?.text);
});

test('a return that is closed without its goods says no amount', async () => {
  const order = await delivered();
  const opened = await shop.openReturn(order.id);
  await moveReturn(shop.api, opened.id, [{ action: 'reject', reason: 'Worn for weeks' }]);
  await shop.settled(order.id);
  const mail = mailsAbout(order).find(({ text }) => text.includes('Worn for weeks'));
  assert.ok(mail !== undefined);
  assert.not.match(mail.text, '110');
  assert.equal([(await shop.books(order.id)).refunded, (await shop.read(order.id)).credited], [0, 0]);
});

test.run();

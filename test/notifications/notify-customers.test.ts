import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { documentIdOf } from '../../src/commands/documents.ts';
import type { EventStore } from '../../src/event-store/port.ts';
import { orderStream } from '../../src/event-store/stream-names.ts';
import type { StatusUpdate } from '../../src/notifications/push/port.ts';
import { MESSAGES_OF } from '../../src/notifications/triggers.ts';
import { documentFilesIn } from '../../src/documents/document-files.ts';
import { ServiceUnavailable } from '../../src/gateways/http/merchant-service.ts';
import { notifyCustomers } from '../../src/notifications/notify-customers.ts';
import { newLine, placeOrder, takeActions } from '../support/core.ts';
import { openTestDatabase, type TestDatabase } from '../support/database.ts';
import { byAdmin, openReturn, startPayment, takeReturnActions, TO_RECEIVED } from '../support/payments.ts';
import { readOrder, readReturn } from '../support/reconcile.ts';
import { notificationWorld } from '../support/notification-world.ts';
import { readText } from '../documents/pdf-text.ts';

const messages = suite<{ database: TestDatabase }>('what customers are told');
messages.before(async (state) => void (state.database = await openTestDatabase()));
messages.after(({ database }) => database.close());

const TO_SHIPPED = ['confirm', 'start_processing', 'ship'] as const;

messages('every step of an order and its return has its message, once', async ({ database }) => {
  const { core, follow, tell, sentMails, mails } = await notificationWorld(database);
  const order = await placeOrder(core);
  await startPayment(core, order, { amount: 3358 });
  await follow();
  await core.orders.takeAction({ ...byAdmin(), id: order }, { action: 'start_processing' });
  await core.orders.takeAction(
    { ...byAdmin(), id: order },
    { action: 'ship', carrier: 'DHL', tracking_number: 'JD01' },
  );
  await takeActions(core, order, ['deliver']);
  await follow();
  const back = await openReturn(core, order);
  await follow();
  await takeReturnActions(core, back, [...TO_RECEIVED, 'process']);
  await follow();
  await tell();
  await tell();

  const rows = await sentMails();
  assert.equal(rows.map(({ kind }) => kind).toSorted(), [
    ...['order_confirmation', 'order_delivered', 'order_shipped', 'order_status', 'order_status'],
    ...['return_approved', 'return_refunded', 'return_requested', 'return_status', 'return_status'],
  ]);
  assert.is(mails.length, rows.length);
  assert.ok(
    rows.every(({ status, to, order_id }) => status === 'written' && to === 'meera@shop.example' && order_id === order),
  );

  const shipped = mails.find(({ subject }) => subject.endsWith('is on its way'));
  assert.match(shipped?.text ?? '', 'Carrier: DHL');
  assert.match(shipped?.html ?? '', 'JD01');
  const invoice = await documentFilesIn(core.db, core.dataKeys).find(documentIdOf('invoice', order));
  assert.is(Buffer.compare(Buffer.from(shipped?.attachment?.bytes ?? []), Buffer.from(invoice?.bytes ?? [])), 0);
  const refunded = mails.find(({ subject }) => subject.endsWith('is complete'));
  assert.match(refunded?.text ?? '', 'Refund: €28.58');
  const memo = await documentFilesIn(core.db, core.dataKeys).find(documentIdOf('credit_memo', back));
  assert.is(Buffer.compare(Buffer.from(refunded?.attachment?.bytes ?? []), Buffer.from(memo?.bytes ?? [])), 0);
  assert.match(mails.find(({ subject }) => subject.endsWith('has been delivered'))?.text ?? '', 'rate it from 1 to 5');
});

messages('an order that was deleted in the event store stops no message of another', async ({ database }) => {
  const { core, store, tell, mails } = await notificationWorld(database);
  const [deleted, kept] = [await placeOrder(core), await placeOrder(core)];
  for (const order of [deleted, kept]) await takeActions(core, order, TO_SHIPPED);
  const readStream: EventStore['readStream'] = (stream, options) =>
    stream === orderStream(deleted) ? Promise.resolve([]) : store.readStream(stream, options);
  await tell({ store: { ...store, readStream } });
  const mailsOf = (order: string): number => mails.filter(({ thread }) => thread === order).length;
  assert.is(mailsOf(deleted), 1, 'the confirmation, which needs only the event');
  assert.ok(mailsOf(kept) > 1);
});

messages('in the language of the customer, in any script', async ({ database }) => {
  const { core, tell, mails } = await notificationWorld(database);
  for (const locale of ['de', 'de-AT', 'hi-IN', 'en', 'tlh']) await placeOrder(core, { locale });
  await placeOrder(core);
  await tell();
  assert.equal(
    mails.map(({ language, subject }) => [language, subject.replace(/ORD-\S+/, '…')]),
    [
      ['de', 'Ihre Bestellung … ist eingegangen'],
      ['de', 'Ihre Bestellung … ist eingegangen'],
      ['hi', 'हमें आपका ऑर्डर … मिल गया है'],
      ['en', 'We have your order …'],
      ['en', 'We have your order …'],
      ['en', 'We have your order …'],
    ],
  );
  assert.match(mails[0]?.text ?? '', /Guten Tag मीरा शर्मा,[^]*Summe: 33,58\s€/);
  assert.match(mails[2]?.html ?? '', 'नमस्ते मीरा शर्मा');
});

messages('what a customer wrote is text, never markup', async ({ database }) => {
  const { core, tell, mails } = await notificationWorld(database);
  const name = '<script>alert("hi")</script> {{ shop.name }}';
  await placeOrder(core, { customer_name: name, lines: [newLine({ product_name: '<b>&' })] });
  await tell();
  const [mail] = mails;
  assert.match(mail?.text ?? '', name);
  assert.match(mail?.html ?? '', '&lt;script&gt;alert(&#34;hi&#34;)&lt;/script&gt; {{ shop.name }}');
  assert.match(mail?.html ?? '', '&lt;b&gt;&amp;');
  assert.not.match(mail?.html ?? '', '<script>');
});

messages('a customer without an address, or erased, gets no message', async ({ database }) => {
  const { core, restart, tell, sentMails, mails } = await notificationWorld(database);
  await placeOrder(core, { customer_email: null });
  await placeOrder(core, { customer_id: 'c-erased' });
  await core.db('data_keys').where({ subject: 'life-c-erased' }).update({ wrapped: null });
  await tell(restart());
  assert.equal([mails.length, (await sentMails()).length], [0, 0]);
});

messages('after a correction, later messages and one sent again go to the corrected address', async ({ database }) => {
  const { core, tell, mails, sentMails } = await notificationWorld(database);
  const order = await placeOrder(core);
  await tell();
  await core.orders.changeDetails(
    { ...byAdmin(), id: order },
    { customer_email: 'right@post.example', customer_name: 'Ana' },
  );
  await takeActions(core, order, ['confirm']);
  await tell();
  const [confirmation] = await sentMails();
  await core.messages.sendAgain(confirmation?.id ?? '');
  await tell();
  assert.equal(
    mails.map(({ to }) => to.address),
    ['meera@shop.example', 'right@post.example', 'right@post.example'],
  );
});

messages(
  'units that were cancelled are told of once: alone, with their credit, or with the whole order',
  async ({ database }) => {
    const { core, follow, tell, sentMails, mails } = await notificationWorld(database);
    const order = await placeOrder(core, { lines: [newLine({ quantity: 4 })] });
    const [line] = (await readOrder(core, order)).lines;
    const cancel = (id: string, quantity: number) =>
      core.orders.cancelItems(
        { ...byAdmin(), id },
        { items: [{ order_item_id: line?.id ?? '', quantity }], reason_category: 'out_of_stock' },
      );
    await cancel(order, 1);
    await tell();
    assert.match(mails.at(-1)?.subject ?? '', /^A part of your order/);
    assert.match(mails.at(-1)?.text ?? '', 'Total: €47.87');
    await cancel(order, 3);
    await follow();
    await tell();
    assert.equal(
      (await sentMails()).map(({ kind }) => kind),
      ['order_confirmation', 'order_items_cancelled', 'order_cancelled'],
    );
  },
);

messages('it tells what happened then, not what has become of it', async ({ database }) => {
  const { core, tell, mails } = await notificationWorld(database);
  const order = await placeOrder(core);
  await core.orders.replaceItems({ ...byAdmin(), id: order }, { lines: [newLine({ quantity: 100 })] });
  await takeActions(core, order, ['cancel']);
  await tell();
  assert.equal(
    mails.map(({ text }) => /Total: (\S+)/.exec(text)?.[1]),
    ['€33.58', '€1,433.90'],
  );
});

messages('a cancellation says what goes back, and the refund says that it went', async ({ database }) => {
  const { core, follow, tell, mails } = await notificationWorld(database);
  const order = await placeOrder(core);
  await startPayment(core, order, { amount: 3358 });
  await follow();
  await takeActions(core, order, ['cancel']);
  await follow();
  await tell();
  assert.match(mails.find(({ subject }) => subject.endsWith('cancelled'))?.text ?? '', 'We are giving you back €33.58');
  assert.match(mails.find(({ subject }) => subject.startsWith('Refund'))?.text ?? '', 'We have given back €33.58');
});

messages('on its way is said once, with the invoice, by carrier or by courier', async ({ database }) => {
  const { core, follow, tell, sentMails } = await notificationWorld(database);
  const kindsOf = async (actions: readonly string[]) => {
    const id = await placeOrder(core);
    await takeActions(core, id, actions);
    await follow();
    await tell();
    return (await sentMails())
      .filter(({ order_id }) => order_id === id)
      .map(({ kind, subject }) => [kind, subject?.split(': ')[1]]);
  };
  const prepared = [
    ['order_confirmation', undefined],
    ['order_status', 'confirmed'],
    ['order_status', 'being prepared'],
  ];
  const shipped = ['order_shipped', undefined];
  assert.equal(await kindsOf(['confirm', 'start_processing', 'out_for_delivery']), [...prepared, shipped]);
  const news = await kindsOf([...TO_SHIPPED, 'out_for_delivery']);
  assert.equal(news.length, 5);
  assert.ok(news.some(([, status]) => status === 'out for delivery'));
});

const LANGUAGES = {
  en: {
    ...{ part: 'A part of your order', track: 'Track your parcel', arrived: 'has arrived' },
    ...{
      cancelled: 'was cancelled',
      notAccepted: /accept any[^]*Nothing is refunded\.[^]*The goods come back to you\./,
    },
  },
  de: {
    ...{ part: 'Ein Teil Ihrer Bestellung', track: 'Sendung verfolgen', arrived: 'ist angekommen' },
    ...{
      cancelled: 'wurde storniert',
      notAccepted: /nicht annehmen[^]*erstatten nichts\.[^]*Ware geht an Sie zurück\./,
    },
  },
  hi: {
    ...{ part: 'का एक हिस्सा', track: 'पार्सल ट्रैक करें', arrived: 'पहुँच गया है' },
    ...{ cancelled: 'रद्द किया गया', notAccepted: /स्वीकार नहीं[^]*कोई रिफ़ंड नहीं होगा।[^]*सामान आपको वापस भेजा जाएगा।/ },
  },
} as const;

for (const [locale, words] of Object.entries(LANGUAGES))
  messages(`each parcel has its mails, and a hold has none (${locale})`, async ({ database }) => {
    const { core, follow, tell, sentMails, mails } = await notificationWorld(database);
    const id = await placeOrder(core, { locale, lines: [newLine({ quantity: 4 })] });
    await takeActions(core, id, ['confirm', 'start_processing']);
    const on = () => ({ ...byAdmin(), id });
    const line = (await readOrder(core, id)).lines[0]?.id ?? '';
    const ship = (n: number) =>
      core.orders.shipItems(on(), {
        items: [{ order_item_id: line, quantity: 1 }],
        ...{ carrier: 'DHL', tracking_number: `T${n}`, tracking_url: `https://track.example/T${n}` },
      });
    const move = async (
      n: number,
      action: 'deliver' | 'fail' | 'lost' | 'returned_to_sender',
      resolution?: 'refund' | 'resend',
    ) => {
      const { shipments } = await readOrder(core, id);
      await core.orders.moveShipment(on(), { shipment_id: shipments[n - 1]?.shipment_id ?? '', action, resolution });
    };
    const told = async (): Promise<readonly string[]> => {
      await follow();
      const before = (await sentMails()).length;
      await tell();
      return (await sentMails()).slice(before).map(({ kind }) => kind);
    };
    await told();
    await core.orders.hold(on(), { reason_category: 'fraud_check', note: 'call the bank' });
    await core.orders.releaseHold(on(), {});
    assert.equal(await told(), []);
    for (const n of [1, 2, 3]) {
      await ship(n);
      assert.equal(await told(), ['order_shipped']);
      const { text = '', html = '', subject = '', attachment } = mails.at(-1) ?? {};
      assert.match(subject, words.part);
      for (const body of [text, html]) assert.match(body, `https://track.example/T${n}`);
      assert.ok(text.includes(words.track) && html.includes(words.track), text);
      assert.is(attachment !== undefined && attachment !== null, n === 1, 'the invoice is for the whole order');
    }
    await move(1, 'fail');
    await move(1, 'deliver');
    assert.equal(await told(), ['shipment_status', 'shipment_status']);
    await move(2, 'lost');
    await move(2, 'lost', 'resend');
    assert.equal(await told(), ['shipment_status', 'shipment_status']);
    await core.orders.cancelItems(on(), {
      items: [{ order_item_id: line, quantity: 2 }],
      reason_category: 'out_of_stock',
    });
    assert.equal(await told(), ['order_credited']);
    const cancellation = mails.at(-1);
    assert.match(cancellation?.subject ?? '', words.cancelled, 'not just any credit');
    for (const body of [cancellation?.text, cancellation?.html]) assert.match(body ?? '', words.cancelled);
    assert.match(cancellation?.text ?? '', /^2 x Mug$/m, 'the units that will not come');
    await move(3, 'returned_to_sender', 'refund');
    assert.equal((await told()).toSorted(), ['order_credited', 'shipment_status']);
    assert.is((await readOrder(core, id)).status, 'delivered');
    for (const { text, html } of mails) assert.not.ok(text.includes(words.arrived) || html.includes('call the bank'));
  });

messages('of a return of which nothing is accepted it is said that the goods go back', async ({ database }) => {
  const { core, follow, tell, mails } = await notificationWorld(database);
  for (const [locale, { notAccepted }] of Object.entries(LANGUAGES)) {
    const order = await placeOrder(core, { locale });
    await takeActions(core, order, [...TO_SHIPPED, 'deliver']);
    const back = await openReturn(core, order);
    const items = (await readReturn(core, back)).items.map(({ order_item_id }) => ({
      order_item_id,
      disposition: 'return_to_customer' as const,
    }));
    await takeReturnActions(core, back, ['approve', 'receive', { action: 'process', items }]);
    await follow();
    await tell();
    const { text = '' } = mails.findLast(({ text: said }) => notAccepted.test(said)) ?? {};
    assert.match(text, notAccepted, locale);
    assert.match(text, /^\d+ x Mug$/m);
    assert.not.match(text, /^0 x/m);
  }
});

messages('a return whose goods never came, and one that is exchanged, are told of', async ({ database }) => {
  const { core, follow, tell, sentMails, mails } = await notificationWorld(database);
  const order = await placeOrder(core);
  await startPayment(core, order, { amount: 3358 });
  await takeActions(core, order, [...TO_SHIPPED, 'deliver']);
  await follow();
  await tell();
  const kindsSince = async (count: number) => (await sentMails()).slice(count).map(({ kind }) => kind);
  const before = (await sentMails()).length;
  const never = await openReturn(core, order);
  await takeReturnActions(core, never, ['approve', 'not_sent']);
  await follow();
  await tell();
  assert.equal((await kindsSince(before)).toSorted(), ['return_approved', 'return_not_sent', 'return_requested']);
  const middle = (await sentMails()).length;
  const back = await openReturn(core, order);
  await takeReturnActions(core, back, ['approve', 'receive']);
  const lines = [newLine({ product_id: 'p-plate', product_name: 'Plate', quantity: 1 })];
  await core.returns.exchange({ ...byAdmin(), id: back }, { lines, inspected: [], delivery_fee: 0 });
  await follow();
  await tell();
  assert.ok((await kindsSince(middle)).includes('return_exchanged'));
  const { exchange } = await readReturn(core, back);
  assert.match(
    mails.find(({ subject }) => subject.startsWith('Your exchange'))?.text ?? '',
    exchange?.order_number ?? '?',
  );
});

messages('two workers tell everybody once', async ({ database }) => {
  const { core, store, tell, sentMails, mails } = await notificationWorld(database);
  for (let n = 0; n < 12; n += 1) await placeOrder(core);
  const waiting = { ...core, store, pace: { batch: 3 } };
  await Promise.all([tell(waiting), tell(waiting)]);
  await tell();
  const rows = await sentMails();
  assert.is(rows.length, 12);
  // What is kept as a file may be written twice on the way: it is the same file.
  assert.is(new Set(mails.map(({ id }) => id)).size, 12);
});

messages(
  'the notification service hears every change of status, and on which devices to tell',
  async ({ database }) => {
    const { core, tell } = await notificationWorld(database);
    const heard: (readonly [status: string, key: string, tokens: number])[] = [];
    let away = true;
    const notifier = {
      isLocal: false,
      tell: async ({ status, idempotency_key, device_tokens }: StatusUpdate) => {
        if (away) throw new ServiceUnavailable('notification', 'cannot be reached');
        heard.push([status, idempotency_key, (await device_tokens()).length]);
        return 'sent' as const;
      },
    };
    await core.devices.register({ customer_id: 'c-1', token: 'phone', platform: 'ios' });
    const order = await placeOrder(core);
    const pace = { retryDelaysMs: [0, 0] };
    await tell({ notifier, pace });
    const status = async () =>
      (await core.messages.list({ kind: 'notification', order_id: order, limit: 5, offset: 0 })).map(
        ({ status, reason }) => [status, reason],
      );
    assert.equal(await status(), [['waiting', 'the notification service cannot be reached']]);
    away = false;
    await takeActions(core, order, ['confirm']);
    await tell({ notifier, pace });
    assert.equal(await status(), [
      ['sent', null],
      ['sent', null],
    ]);
    assert.equal(heard.map(([word, , tokens]) => [word, tokens]).toSorted(), [
      ['confirmed', 1],
      ['pending', 1],
    ]);
    assert.is(new Set(heard.map(([, key]) => key)).size, 2);
    await core.devices.forget({ customer_id: 'c-1', token: 'phone' });
  },
);

/** Two mugs of 12.99 with 2.60 tax and 5.00 shipping: 33.58, paid in full or not at all, and delivered. */
const deliver = async ({ core, follow }: Awaited<ReturnType<typeof notificationWorld>>, isPaid: boolean) => {
  const order = await placeOrder(core);
  const payment = isPaid ? await startPayment(core, order, { amount: 3358 }) : undefined;
  await follow();
  await takeActions(core, order, [...(isPaid ? [] : ['confirm']), 'start_processing', 'ship', 'deliver']);
  await follow();
  return { order, payment };
};

messages('given back by hand, then all returned: estimate, mails and memo say the one number', async ({ database }) => {
  const world = await notificationWorld(database);
  const { core, follow, tell, mails } = world;
  const { order, payment = '' } = await deliver(world, true);
  await core.payments.refund({ ...byAdmin(), id: payment }, { amount: 1000, reason: 'suspected fraud' });
  await follow();
  const back = await openReturn(core, order, { reason: 'damaged' });
  await takeReturnActions(core, back, [...TO_RECEIVED, 'process']);
  await follow();
  await tell();
  const textOf = (ending: string) => mails.find(({ subject }) => subject.endsWith(ending))?.text ?? ending;
  for (const step of ['has been requested', 'has been approved']) {
    assert.match(textOf(step), 'you get back at most €23.58');
    assert.match(textOf(step), 'Refund, at most: €23.58');
  }
  const complete = mails.find(({ subject }) => subject.endsWith('is complete'));
  assert.match(complete?.text ?? '', 'Credited: €23.58\nRefund: €23.58\n');
  const memo = await readText(new Uint8Array(complete?.attachment?.bytes ?? []));
  assert.match(memo, 'Total credited €23.58');
  const credit = mails.find(({ subject }) => subject.startsWith('Credit for your order'));
  assert.match(credit?.text ?? '', 'We have taken €10.00 off your order.');
  assert.match(credit?.text ?? '', 'We are giving you back €10.00.');
  assert.match(credit?.attachment?.file_name ?? '', /^credit_memo_ORD-.*-1\.pdf$/);
  for (const { text, html } of mails) {
    assert.not.match(text + html, /33\.58 back|suspected fraud|at most €33\.58/);
  }
});

messages(
  'an order that was never paid: a return lowers what is due, and no mail speaks of money back',
  async ({ database }) => {
    const world = await notificationWorld(database);
    const { core, follow, tell, mails } = world;
    const { order } = await deliver(world, false);
    const back = await openReturn(core, order, { reason: 'damaged' });
    await takeReturnActions(core, back, [...TO_RECEIVED, 'process']);
    await follow();
    await tell();
    const about = mails.filter(({ subject }) => subject.startsWith('Your return'));
    assert.ok(about.length >= 3);
    for (const { text } of about) assert.not.match(text, /get back|given back|Refund/);
    const complete = about.find(({ subject }) => subject.endsWith('is complete'))?.text ?? '';
    assert.match(complete, '€33.58 was set off against what you still had to pay.');
    assert.not.match(complete, 'Still to pay');
  },
);

messages('before the invoice, money given back is due again, and the mail says so', async ({ database }) => {
  const { core, follow, tell, mails } = await notificationWorld(database);
  const order = await placeOrder(core);
  const payment = await startPayment(core, order, { amount: 3358 });
  await follow();
  await core.payments.refund({ ...byAdmin(), id: payment }, { amount: 1000 });
  await follow();
  await tell();
  const refund = mails.find(({ subject }) => subject.startsWith('Refund'))?.text ?? '';
  assert.match(refund, 'We have given back €10.00.');
  assert.match(refund, 'You still have to pay €10.00 for this order.');
  assert.not.ok(mails.some(({ subject }) => subject.startsWith('Credit')));
});

messages('a message about a failed refund goes to staff only', async ({ database }) => {
  const { core, follow, tell, sentMails, mails } = await notificationWorld(database);
  const order = await placeOrder(core);
  await startPayment(core, order, { amount: 3358, payment_token: 'tok_refund_declined' });
  await follow();
  await takeActions(core, order, ['cancel']);
  await follow();
  const settings = { shopName: 'Waybill Shop', timeZone: 'UTC' };
  await tell({ settings: { ...settings, staff: { name: null, address: 'staff@shop.example' } } });
  const failed = mails.filter(({ subject }) => subject.includes('failed'));
  assert.equal(
    failed.map(({ to }) => to.address),
    ['staff@shop.example'],
  );
  assert.match(failed[0]?.text ?? '', 'The refund of €33.58 for order');
  const kinds = (await sentMails()).map(({ kind, to }) => [kind, to]);
  assert.equal(
    kinds.filter(([, to]) => to === 'staff@shop.example'),
    [['refund_failed', 'staff@shop.example']],
  );
  assert.not.ok(kinds.some(([kind]) => kind === 'order_refunded'));
});

messages(
  'staff are told once of a refund that people pay out, and not at all where no address is configured',
  async ({ database }) => {
    const { core, follow, tell, mails, sentMails } = await notificationWorld(database);
    const order = await placeOrder(core);
    await startPayment(core, order, { method: 'bank_transfer', amount: 3_358 });
    await follow();
    await takeActions(core, order, ['cancel']);
    await follow();
    await tell({
      settings: { shopName: 'Waybill Shop', timeZone: 'UTC', staff: { name: null, address: 'staff@shop.example' } },
    });
    const told = mails.filter(({ to }) => to.address === 'staff@shop.example');
    assert.equal(
      told.map(({ subject }) => subject.replace(/ORD-\S+/, 'ORD')),
      ['A refund for order ORD is to be paid out'],
    );
    assert.match(told[0]?.text ?? '', '€33.58 of order');
    assert.is((await sentMails()).filter(({ kind }) => kind === 'payout_due').length, 1);
    assert.not.ok(
      (await sentMails()).some(({ kind }) => kind === 'order_refunded'),
      'nothing has gone back yet',
    );
  },
);

messages('the job is woken by exactly the events that lead to messages', () => {
  assert.equal([...notifyCustomers.handles].toSorted(), [...MESSAGES_OF.keys()].toSorted());
  assert.ok(notifyCustomers.handles.size >= 20);
  assert.equal(notifyCustomers.prefixes, ['order-', 'return-', 'document-']);
});

messages.run();

import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { documentIdOf } from '../../src/commands/documents.ts';
import { createSmtpMailer, type SmtpOptions } from '../../src/notifications/mail/smtp.ts';
import { documentFilesIn } from '../../src/documents/document-files.ts';
import { placeOrder, shipOrder, takeActions } from '../support/core.ts';
import { openTestDatabase, type TestDatabase } from '../support/database.ts';
import { startMailServer, type MailServer } from '../support/mail-server.ts';
import { notificationWorld } from '../support/notification-world.ts';

const smtp = suite<{ database: TestDatabase; servers: MailServer[] }>('messages through a mail server');
smtp.before(async (state) => void (state.database = await openTestDatabase()));
smtp.before.each((state) => {
  state.servers = [];
});
smtp.after.each(async ({ servers }) => {
  await Promise.all(servers.map((server) => server.close()));
});
smtp.after(({ database }) => database.close());

const FROM = { name: 'Waybill Läden', address: 'orders@shop.example' };

/** A server, and a mailer that knows it. */
const serve = async (
  servers: MailServer[],
  options: Parameters<typeof startMailServer>[0] = {},
  settings: Partial<SmtpOptions> = {},
) => {
  const server = await startMailServer(options);
  servers.push(server);
  const { port } = server;
  const mailer = createSmtpMailer({
    host: '127.0.0.1',
    port,
    login: undefined,
    from: FROM,
    isLoopback: true,
    ...settings,
  });
  return { server, mailer };
};

/** Tried again at once, that no test waits. */
const AT_ONCE = { retryDelaysMs: [0, 0, 0] };

const bodyOf = (raw: string, type: string): Buffer => {
  const part = raw.slice(raw.indexOf(`Content-Type: ${type}`));
  return Buffer.from(part.slice(part.indexOf('\r\n\r\n'), part.indexOf('\r\n--')), 'base64');
};

smtp('a mail arrives with its document, byte for byte', async ({ database, servers }) => {
  const { server, mailer } = await serve(servers);
  const { core, follow, tell, sentMails } = await notificationWorld(database);
  const order = await shipOrder(core);
  await follow();
  await tell({ mailer });
  const rows = await sentMails();
  assert.is(rows.length, server.received.length);
  assert.ok(rows.length > 0, 'shipping an order sends mail');
  assert.ok(rows.every(({ status, attempts }) => status === 'sent' && attempts === 1));
  const raw = server.received.find((one) => one.raw.includes('application/pdf'))?.raw ?? '';
  const file = await documentFilesIn(core.db, core.dataKeys).find(documentIdOf('invoice', order));
  assert.is(Buffer.compare(bodyOf(raw, 'application/pdf'), Buffer.from(file?.bytes ?? [])), 0);
  assert.match(raw, `filename=${file?.file_name}`);
  assert.match(raw, /^From: =\?UTF-8\?.*<orders@shop\.example>\r$/m);
  assert.match(raw, /^Auto-Submitted: auto-generated\r$/m);
});

smtp('messages about one order go out in order', async ({ database, servers }) => {
  const { server, mailer } = await serve(servers);
  const { core, tell } = await notificationWorld(database);
  const order = await placeOrder(core);
  await takeActions(core, order, ['confirm', 'start_processing', 'cancel']);
  await tell({ mailer });
  assert.equal(
    server.received.map(({ raw }) => /^Subject: (.*)\r$/m.exec(raw)?.[1]?.replace(/ORD-\S+/, '…')),
    [
      ...['We have your order …', 'Your order … confirmed', 'Your order … being prepared'],
      'Your order … has been cancelled',
    ],
  );
});

smtp('a server that asks to come again (451) gets it later, once', async ({ database, servers }) => {
  let asked = 0;
  const { server, mailer } = await serve(servers, {
    judge: () => Promise.resolve((asked += 1) === 1 ? { code: 451, message: 'greylisted, come again' } : undefined),
  });
  const { core, tell, sentMails, enqueued } = await notificationWorld(database);
  await placeOrder(core);
  await tell({ mailer });
  const [waiting] = await sentMails();
  assert.equal([waiting?.status, waiting?.attempts], ['waiting', 1]);
  assert.match(waiting?.reason ?? '', '451 greylisted, come again');
  const [later] = enqueued;
  const inMs = Date.parse(later?.run_at ?? '') - Date.now();
  assert.ok(inMs > 1_000 && inMs <= 5_000, `tried again in ${inMs} ms`);
  await core.db('messages').where({ status: 'waiting' }).update({ next_try_at: core.db.fn.now() });
  await tell({ mailer });
  const [sent] = await sentMails();
  assert.equal([sent?.status, sent?.attempts, sent?.reason], ['sent', 2, null]);
  assert.is(server.received.length, 1);
});

smtp('an unknown recipient (550) fails visibly, and others get their messages', async ({ database, servers }) => {
  const { server, mailer } = await serve(servers, {
    judge: (address) =>
      Promise.resolve(
        address.startsWith('gone') ? { code: 550, message: `<${address.toUpperCase()}>: no such user` } : undefined,
      ),
  });
  const { core, store, tell, sentMails, enqueued } = await notificationWorld(database);
  const order = await placeOrder(core, { customer_email: 'gone@shop.example' });
  await placeOrder(core);
  await tell({ mailer });
  const [failed, sent] = await sentMails();
  assert.equal([failed?.status, failed?.order_id, sent?.status], ['failed', order, 'sent']);
  assert.match(failed?.reason ?? '', '550 <(address)>: no such user');
  assert.equal(await core.messages.counts(), { waiting: 0, failed: 1 });
  assert.equal(enqueued, [], 'it is not tried again');
  assert.is((await store.readStream(`order-${order}`)).length, 1, 'the order is as it was');
  assert.is(server.received.length, 1);
});

smtp('a server that hangs is left after a while, and the rest waits', async ({ database, servers }) => {
  const { mailer } = await serve(servers, { judge: () => new Promise(() => undefined) }, { silenceMs: 150 });
  const { core, tell, sentMails, enqueued } = await notificationWorld(database);
  for (let n = 0; n < 30; n += 1) await placeOrder(core);
  const started = performance.now();
  await tell({ mailer });
  assert.ok(performance.now() - started < 2_000, 'not one silence after the other');
  const rows = await sentMails();
  assert.is(rows.length, 30);
  assert.ok(rows.every(({ status }) => status === 'waiting'));
  const tried = rows.filter(({ attempts }) => attempts > 0);
  assert.ok(tried.length <= 5, `${tried.length} were tried`);
  const [later] = enqueued;
  assert.ok(Date.parse(later?.run_at ?? '') - Date.now() > 20_000, 'it is left alone for a while');
});

smtp('while no server answers, a message waits; it is sent as soon as one does', async ({ database, servers }) => {
  const { server, mailer } = await serve(servers);
  const { core, tell, sentMails } = await notificationWorld(database);
  await placeOrder(core);
  const deaf = createSmtpMailer({ host: '127.0.0.1', port: 1, login: undefined, from: FROM, isLoopback: true });
  await tell({ mailer: deaf, pace: AT_ONCE });
  assert.match((await sentMails())[0]?.reason ?? '', 'ECONNREFUSED');
  await tell({ mailer, pace: AT_ONCE });
  assert.is((await sentMails())[0]?.status, 'sent');
  assert.is(server.received.length, 1);
});

smtp('dying between sending and noting it sends twice at most, under one Message-ID', async ({ database, servers }) => {
  const { server, mailer } = await serve(servers);
  const { core, tell, sentMails } = await notificationWorld(database);
  await placeOrder(core);
  const dying = { ...core.outbox, mark: () => Promise.reject(new Error('the process has died')) };
  try {
    await tell({ mailer, outbox: dying, pace: { leaseMs: 0 } });
    assert.unreachable();
  } catch (error) {
    assert.match(String(error), 'the process has died');
  }
  assert.is((await sentMails())[0]?.status, 'waiting');
  await tell({ mailer });
  await tell({ mailer });
  const ids = server.received.map(({ raw }) => /^Message-ID: (.*)\r$/m.exec(raw)?.[1]);
  const [message] = await sentMails();
  assert.equal(ids, [`<${message?.id}@shop.example>`, `<${message?.id}@shop.example>`]);
  assert.is(message?.status, 'sent');
});

smtp('two workers send each message once', async ({ database, servers }) => {
  const { server, mailer } = await serve(servers);
  const { core, tell, sentMails } = await notificationWorld(database);
  for (let n = 0; n < 25; n += 1) await placeOrder(core);
  await Promise.all([tell({ mailer }), tell({ mailer: { ...mailer, close: () => undefined } })]);
  await tell({ mailer });
  assert.is((await sentMails()).filter(({ status }) => status === 'sent').length, 25);
  assert.is(server.received.length, 25);
});

smtp(
  'it encrypts where the server can, fails where encryption is required and missing, and authenticates',
  async ({ database, servers }) => {
    const login = { user: 'shop', password: 'secret' };
    const open = await serve(
      servers,
      {
        options: {
          disabledCommands: [],
          authOptional: false,
          onAuth: ({ username, password }, _session, done) =>
            password === login.password ? done(null, { user: username }) : done(new Error('wrong password')),
        },
      },
      { login },
    );
    const { core, tell, sentMails } = await notificationWorld(database);
    await placeOrder(core);
    await tell({
      mailer: createSmtpMailer({
        host: '127.0.0.1',
        port: open.server.port,
        login: { ...login, password: 'guess' },
        from: FROM,
        isLoopback: true,
      }),
      pace: AT_ONCE,
    });
    assert.match((await sentMails())[0]?.reason ?? '', 'wrong password');
    await tell({ mailer: open.mailer, pace: AT_ONCE });
    assert.equal(
      open.server.received.map(({ secure, user }) => [secure, user]),
      [[true, 'shop']],
    );

    const plain = await serve(servers, {}, { isLoopback: false });
    await placeOrder(core);
    await tell({ mailer: plain.mailer, pace: AT_ONCE });
    const newest = (await sentMails()).at(-1);
    assert.is(newest?.status, 'waiting');
    assert.match(newest?.reason ?? '', /STARTTLS/);
    assert.is(plain.server.received.length, 0);
  },
);

smtp('nothing that a customer types becomes a header or another recipient', async ({ database, servers }) => {
  const { server, mailer } = await serve(servers);
  const { core, tell, sentMails } = await notificationWorld(database);
  const names = [
    'Eve\r\nBcc: all@shop.example',
    '"Eve" <x@y.example>, Bob',
    '李小龍\u2028X-A: b',
    'اسم',
    `x${'y'.repeat(250)}`,
  ];
  for (const customer_name of names) await placeOrder(core, { customer_name });
  for (const customer_email of ['a@b.example,eve@c.example', 'a@b.example>\r\nRCPT', '<a@b.example>'])
    await placeOrder(core, { customer_email });
  await tell({ mailer });
  assert.is(server.received.length, names.length);
  for (const { to, raw } of server.received) {
    assert.equal(to, ['meera@shop.example']);
    assert.not.match(raw.slice(0, raw.indexOf('\r\n\r\n')), /^(Bcc|X-A|Cc):/im);
  }
  const failed = (await sentMails()).filter(({ status }) => status === 'failed');
  assert.is(failed.length, 3);
  assert.ok(failed.every(({ reason }) => reason === 'the address is not one that mail can be sent to'));
});

smtp.run();

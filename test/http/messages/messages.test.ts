import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { createEmlMailer } from '../../../src/notifications/mail/eml.ts';
import { checkMailFolder, checkMailServer } from '../../../src/notifications/mail/mail-health.ts';
import { ADMIN, anOrder, AUDITOR, MEERA, OTHER, startTestApi, type TestApi } from '../../support/api.ts';
import { startMailServer } from '../../support/mail-server.ts';
import { sendMessages } from '../../support/messages.ts';
import { temporaryFolder, type TemporaryFolder } from '../../support/temporary.ts';

const messages = suite('messages over HTTP');
let api: TestApi;
let blocked: string | undefined;
let temporary: TemporaryFolder;
let folder: string;

messages.before(async () => {
  temporary = await temporaryFolder();
  folder = temporary.path;
  api = await startTestApi({ projectors: false, options: { checkMail: () => Promise.resolve(blocked) } });
});
messages.after(async () => {
  await api.close();
  await temporary.remove();
});

type Message = {
  readonly id: string;
  readonly to: string | null;
  readonly subject: string | null;
  readonly kind: string;
  readonly status: string;
  readonly order_id: string;
};

const tell = () => {
  const mailer = createEmlMailer({ folder, from: { name: 'Waybill', address: 'orders@shop.example' } });
  return sendMessages(api.core, { mailer });
};
const list = async (query = '', as = ADMIN) => (await api.call<Message[]>(`/admin/messages${query}`, { as })).body;

messages(
  'a customer’s own browser says in which language they are written to, unless they say so themselves',
  async () => {
    const place = async (json: Record<string, unknown>, headers: Record<string, string>, as = MEERA) =>
      (await api.call('/orders', { as, headers, json: anOrder(json) })).body.id;
    const fromTemplate = async (headers: Record<string, string>) => {
      const json = { name: 'Mondays', items: [{ product_id: 'p-mug', quantity: 1, unit_price: 12.99 }] };
      const { id } = (await api.call<{ id: string }>('/templates', { as: MEERA, json })).body;
      return (await api.call(`/templates/${id}/order`, { method: 'POST', as: MEERA, headers })).body.id;
    };
    const german = { 'accept-language': 'fr;q=0.3, de-AT, en;q=0.8' };
    const ids = [
      await place({}, german),
      await place({ locale: 'hi' }, german),
      await place({ customer_email: 'meera@shop.example' }, german, ADMIN),
      await place({}, { 'accept-language': '*, ;q=nonsense' }),
      await fromTemplate(german),
    ];
    await tell();
    const subjects = await Promise.all(
      ids.map(async (id) => (await list(`?order_id=${id}&kind=order_confirmation`))[0]?.subject?.split(' ')[0]),
    );
    assert.equal(subjects, ['Ihre', 'हमें', 'We', 'We', 'Ihre']);
    const rejected = await api.call('/orders', { as: MEERA, json: anOrder({ locale: 'german please' }) });
    assert.equal([rejected.status, rejected.problem.errors[0]?.field], [422, 'locale']);
  },
);

messages('admins and auditors see the messages; each mail is a file called after its message', async () => {
  const { body: order } = await api.call('/orders', { as: MEERA, json: anOrder() });
  await tell();
  const [mail] = await list(`?order_id=${order.order_number}&kind=order_confirmation`, AUDITOR);
  assert.equal(
    [mail?.to, mail?.subject, mail?.status, mail?.order_id],
    ['meera@shop.example', `We have your order ${order.order_number}`, 'written', order.id],
  );
  assert.match(await readFile(join(folder, `${mail?.id}.eml`), 'utf8'), `Message-ID: <${mail?.id}@shop.example>\r\n`);
  assert.ok(
    (await readdir(folder)).every((name) => name.endsWith('.eml')),
    'no draft is left',
  );
  assert.equal((await list(`?order_id=${order.id}`)).map(({ kind }) => kind).toSorted(), [
    'notification',
    'order_confirmation',
  ]);
  assert.is((await list('?limit=1')).length, 1);
  assert.is((await list('?status=failed')).length, 0);
  assert.is((await list('?order_id=ORD-2026-999999')).length, 0);
  assert.is((await api.call('/admin/messages?kind=gossip')).status, 422);
  assert.is((await api.call('/admin/messages', { as: MEERA })).status, 403);
});

messages('one can be read, and sent again', async () => {
  const [mail] = await list('?kind=order_confirmation&limit=1');
  const again = await api.call<Message & { attempts: number }>(`/admin/messages/${mail?.id}/send`, { method: 'POST' });
  assert.equal([again.status, again.body.status, again.body.attempts], [200, 'waiting', 0]);
  assert.match(
    await api.call('//metrics', { as: null }).then(({ text }) => text),
    'waybill_messages{status="waiting"} 1',
  );
  await tell();
  assert.is((await api.call<Message>(`/admin/messages/${mail?.id}`)).body.status, 'written');
  assert.is((await api.call('/admin/messages/0b2f7a52-6c5d-5f0e-8f6e-2f0a9f1f7a10')).status, 404);
  assert.is((await api.call(`/admin/messages/${mail?.id}/send`, { method: 'POST', as: AUDITOR })).status, 403);
});

messages('recipients are encrypted at rest', async () => {
  await api.call('/orders', { as: { ...OTHER, email: 'other@shop.example' }, json: anOrder({ customer_id: 'c-2' }) });
  await tell();
  const { rows } = await api.database.db.raw<{ rows: { readonly stored: string }[] }>(
    `select encode(sealed, 'escape') || messages::text as stored from messages`,
  );
  assert.ok(
    rows.length > 5 && rows.every(({ stored }) => !stored.includes('shop.example') && !stored.includes('ORD-')),
  );
});

messages('a customer registers and forgets devices, and their tokens are encrypted', async () => {
  const device = { token: 'dGhpcyBpcw:APA91b', platform: 'android' };
  const put = await api.call<object>('/me/devices', { method: 'PUT', as: MEERA, json: device });
  assert.equal([put.status, Object.keys(put.body).toSorted()], [200, ['platform', 'registered_at']]);
  assert.equal(await api.core.devices.tokensOf('c-1'), [device.token]);
  await api.call('/me/devices', { method: 'PUT', as: OTHER, json: { token: device.token } });
  assert.equal(
    [await api.core.devices.tokensOf('c-1'), await api.core.devices.tokensOf('c-2')],
    [[], [device.token]],
    'a phone that changed hands tells its new owner',
  );
  await api.call('/me/devices', { method: 'DELETE', as: MEERA, json: { token: device.token } });
  assert.is((await api.core.devices.tokensOf('c-2')).length, 1, 'a customer cannot remove another’s device');
  const gone = await api.call('/me/devices', { method: 'DELETE', as: OTHER, json: { token: device.token } });
  assert.equal([gone.status, await api.core.devices.tokensOf('c-2')], [204, []]);
  for (let n = 0; n < 22; n += 1)
    await api.core.devices.register({ customer_id: 'c-1', token: `t-${n}`, platform: null });
  const tokens = await api.core.devices.tokensOf('c-1');
  assert.equal([tokens.length, tokens.includes('t-21'), tokens.includes('t-0')], [20, true, false]);
  assert.is((await api.call('/me/devices', { method: 'PUT', as: ADMIN, json: device })).status, 403);
});

messages('health tells of mail, and orders go on without it', async () => {
  type Ready = {
    readonly status: string;
    readonly parts: readonly { readonly name: string; readonly state: string; readonly reason?: string }[];
  };
  const mail = async () => {
    const { status, body } = await api.call<Ready>('//health/ready', { as: null });
    const part = body.parts.find(({ name }) => name === 'mail');
    return [status, part?.state, part?.reason];
  };
  assert.equal(await mail(), [200, 'up', undefined]);
  blocked = 'the mail server does not answer; messages wait for it';
  assert.equal(await mail(), [200, 'behind', blocked]);

  const server = await startMailServer();
  assert.is(await checkMailServer({ host: '127.0.0.1', port: server.port })(), undefined);
  await server.close();
  assert.is(await checkMailServer({ host: '127.0.0.1', port: server.port })(), blocked);
  assert.is(await checkMailFolder(join(folder, 'deeper'))(), undefined);
  assert.match(
    (await checkMailFolder(join(folder, (await readdir(folder))[0] ?? '', 'x'))()) ?? '',
    'cannot be written',
  );
});

messages.run();

import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { createSendWebhook } from '../../../src/webhooks/sender.ts';
import { bindTasks } from '../../../src/jobs/task.ts';
import { webhookTasks } from '../../../src/webhooks/webhook-tasks.ts';
import { createOutgoingPost } from '../../../src/platform/outgoing-post.ts';
import { logAttempts } from '../../../src/webhooks/progress.ts';
import { ADMIN, AUDITOR, MEERA, startTestApi, type TestApi } from '../../support/api.ts';
import { placeOrder } from '../../support/core.ts';
import { startReceiver, type Receiver } from '../../support/receiver.ts';

type Webhook = {
  readonly id: string;
  readonly secret: string;
  readonly url: string;
  readonly types: readonly string[];
  readonly enabled: boolean;
  readonly position: string;
  readonly parked: number;
};
type Delivery = {
  readonly id: string;
  readonly cause: string;
  readonly outcome: string;
  readonly redelivered_at: string | null;
};

const hooks = suite('webhooks over HTTP');
let api: TestApi;
let receiver: Receiver;

hooks.before(async () => {
  receiver = await startReceiver();
  api = await startTestApi({ projectors: false, options: { webhookAllowPrivate: true } });
});
hooks.after(async () => {
  await api.close();
  await receiver.stop();
});

const create = (json: object = {}, headers: Record<string, string> = {}) =>
  api.call<Webhook>('/admin/webhooks', { json: { url: `${receiver.url}/hook`, types: ['*'], ...json }, headers });
const read = async (id: string) => (await api.call<Webhook>(`/admin/webhooks/${id}`)).body;

/** Does what a worker would do of what was asked for by hand. */
const work = async (): Promise<void> => {
  const post = createOutgoingPost({ allowPrivate: true });
  const { endpoints, deliveries } = api.deps.webhooks;
  const clock = { now: Date.now, sleep: () => Promise.resolve() };
  const deps = { ...api.core, send: createSendWebhook(post), clock, endpoints, deliveries };
  const tasks = bindTasks(webhookTasks, deps);
  const { body } = await api.call<readonly { id: string; task: string; payload: unknown }[]>('/admin/jobs');
  for (const job of body)
    await tasks.find(({ name }) => name === job.task)?.run(job.payload, { jobId: job.id, attempt: 1 });
  await api.core.db.raw(`select graphile_worker.complete_jobs(array(select id from graphile_worker.jobs))`);
  await post.close();
};

hooks('the secret is shown once, and begins with what is new', async () => {
  const { status, body, headers } = await create();
  assert.is(status, 201);
  assert.match(body.secret, /^whsec_[A-Za-z0-9+/]{43}=$/);
  assert.is(body.position, String(await api.store.head()));
  assert.is(headers.get('etag'), '"0"');
  for (const path of ['/admin/webhooks', `/admin/webhooks/${body.id}`]) {
    const { text } = await api.call(path, { as: AUDITOR });
    assert.match(text, body.id);
    assert.not.match(text, 'whsec_');
  }
  const kept = await api.core.db('webhook_endpoints').where('id', body.id).first<{ secret: Buffer }>('secret');
  assert.not.ok(kept.secret.includes(body.secret), 'it is sealed');
});

hooks('the same request with the same key makes one webhook', async () => {
  const key = { 'idempotency-key': 'subscribe-1' };
  const [first, second] = [await create({}, key), await create({}, key)];
  assert.equal(second.body, first.body);
  assert.is(second.headers.get('idempotency-replayed'), 'true');
});

hooks('where events may not go, none are sent', async () => {
  for (const url of [
    'http://shop.example/',
    'https://169.254.169.254/',
    'https://me:mine@shop.example/',
    'ftp://x/',
    'hook',
  ])
    assert.is((await create({ url })).problem.errors[0]?.field, 'url', url);
  for (const types of [[], ['Nothing']]) assert.is((await create({ types })).status, 422);
});

hooks('it is changed, switched off and on, exchanged and removed, by admins alone', async () => {
  const { id, secret } = (await create()).body;
  const path = `/admin/webhooks/${id}`;
  const patch = (json: object, headers = {}) => api.call<Webhook>(path, { method: 'PATCH', json, headers });
  const changed = await patch({ types: ['OrderPlaced', '*'], enabled: false }, { 'if-match': '"0"' });
  assert.equal([changed.body.types, changed.body.enabled, changed.headers.get('etag')], [['*'], false, '"1"']);
  assert.is((await patch({ enabled: true }, { 'if-match': '"0"' })).status, 412);
  assert.is((await patch({ url: 'https://10.0.0.1:22/' })).status, 422);
  const headers = { 'idempotency-key': 'rotate-1' };
  const rotated = await api.call<Webhook>(`${path}/rotate-secret`, { method: 'POST', headers });
  assert.not.equal(rotated.body.secret, secret);
  const again = await api.call<Webhook>(`${path}/rotate-secret`, { method: 'POST', headers });
  assert.is(again.body.secret, rotated.body.secret);
  for (const as of [AUDITOR, MEERA]) assert.is((await api.call(path, { method: 'DELETE', as })).status, 403);
  assert.is((await api.call(path, { method: 'DELETE', as: ADMIN })).status, 204);
  assert.is((await api.call(path)).status, 404);
});

hooks('a test message arrives, and the log says so', async () => {
  const { id } = (await create()).body;
  const asked = await api.call<{ id: string }>(`/admin/webhooks/${id}/test`, { method: 'POST' });
  assert.is(asked.status, 202);
  await work();
  const message = receiver.received.find(({ headers }) => headers['webhook-id'] === asked.body.id);
  assert.is((JSON.parse(message?.body ?? '{}') as { type?: string }).type, 'WebhookTested');
  const { body } = await api.call<readonly Delivery[]>(`/admin/webhooks/${id}/deliveries`, { as: AUDITOR });
  assert.equal(
    body.map(({ cause, outcome }) => [cause, outcome]),
    [['test', 'accepted']],
  );
});

hooks('what was parked is sent again by hand, and is parked no longer', async () => {
  const { id } = (await create()).body;
  const order = await placeOrder(api.core);
  const [event] = await api.store.readStream(`order-${order}`);
  assert.ok(event);
  const attempt = {
    cause: 'event',
    attempt: 17,
    status: 500,
    reason: 'it answered 500',
    ms: 1,
    at: Date.now(),
  } as const;
  const { type, stream, revision, position } = event;
  const parked = { event_id: event.id, type, stream, revision, position, outcome: 'parked', ...attempt } as const;
  await logAttempts(api.core.db, id, [parked, { ...parked, outcome: 'failed' }]);
  assert.is((await read(id)).parked, 1);
  const list = (query: string) => api.call<readonly Delivery[]>(`/admin/webhooks/${id}/deliveries${query}`);
  const [found] = (await list('?outcome=parked')).body;
  const json = { delivery_id: found?.id };
  const asked = await api.call<{ id: string }>(`/admin/webhooks/${id}/redeliver`, { json });
  assert.equal([asked.status, asked.body], [202, { id: event.id }]);
  await work();
  assert.ok(receiver.received.some(({ headers }) => headers['webhook-id'] === event.id));
  assert.is((await read(id)).parked, 0);
  assert.ok((await list('?outcome=parked')).body[0]?.redelivered_at);
  const firstPage = await list('?limit=2');
  const next = /<\/api\/v1(.*)>; rel="next"/.exec(firstPage.headers.get('link') ?? '')?.[1] ?? '';
  assert.is((await api.call<readonly Delivery[]>(next)).body.length, 1);
  assert.is((await api.call(`/admin/webhooks/${id}/redeliver`, { json: { delivery_id: '999999' } })).status, 404);
});

hooks('a replay goes back, never forward', async () => {
  const { id, position } = (await create()).body;
  const replay = (after: string) => api.call<Webhook>(`/admin/webhooks/${id}/replay`, { json: { after } });
  assert.is((await replay('0')).body.position, '0');
  assert.is((await replay(position)).status, 422);
});

hooks('operators see each of them', async () => {
  const { id } = (await create()).body;
  const { text } = await api.call('//metrics', { as: null, unchecked: true });
  for (const name of ['enabled', 'failing', 'held_streams', 'parked_events', 'position'])
    assert.match(text, `waybill_webhook_${name}{webhook="${id}"}`);
});

hooks.run();

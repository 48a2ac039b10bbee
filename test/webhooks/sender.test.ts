import { randomBytes } from 'node:crypto';
import { Webhook } from 'standardwebhooks';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { createSendWebhook } from '../../src/webhooks/sender.ts';
import { signedHeaders } from '../../src/webhooks/signature.ts';
import { webhookSecrets } from '../../src/webhooks/secrets.ts';

const test = suite('signed messages');

const { fresh } = webhookSecrets(randomBytes(32));
const now = (): number => Math.floor(Date.now() / 1_000);
const message = (body = '{"type":"OrderPlaced","data":{"n":"ü"}}') => ({ id: 'msg-1', timestamp: now(), body });

test('a receiver that follows Standard Webhooks can verify them', () => {
  const secret = fresh();
  const sent = message();
  const verified = new Webhook(secret).verify(sent.body, signedHeaders(sent, [secret]));
  assert.equal(verified, JSON.parse(sent.body));
});

test('another body, id, time or secret is not believed', () => {
  const secret = fresh();
  const sent = message();
  const headers = signedHeaders(sent, [secret]);
  const verify =
    (body: string, changed: Record<string, string>, by = secret) =>
    () =>
      new Webhook(by).verify(body, { ...headers, ...changed });
  assert.throws(verify(`${sent.body} `, {}));
  assert.throws(verify(sent.body, { 'webhook-id': 'msg-2' }));
  assert.throws(verify(sent.body, { 'webhook-timestamp': String(sent.timestamp + 1) }));
  assert.throws(verify(sent.body, {}, fresh()));
});

test('while a secret is exchanged, the old and the new one both verify', () => {
  const [present, previous] = [fresh(), fresh()];
  const sent = message();
  const headers = signedHeaders(sent, [present, previous]);
  for (const secret of [present, previous]) assert.ok(new Webhook(secret).verify(sent.body, headers));
});

test('every 2xx accepts, 410 switches the endpoint off, all else rejects', async () => {
  const recipient = { url: 'https://shop.example/', secrets: [fresh()] };
  const deliver = (posted: { status: number } | { failed: string }) =>
    createSendWebhook({ send: () => Promise.resolve(posted) })(recipient, { id: 'm', body: '{}', at: 0 });
  for (const status of [200, 202, 204]) assert.is((await deliver({ status })).outcome, 'accepted');
  for (const status of [301, 302, 400, 404, 429, 500]) assert.is((await deliver({ status })).outcome, 'failed');
  assert.is((await deliver({ status: 410 })).outcome, 'gone');
  assert.equal(await deliver({ failed: 'no answer' }), { outcome: 'failed', status: null, reason: 'no answer' });
});

test.run();

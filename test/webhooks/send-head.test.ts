import { randomBytes, randomUUID } from 'node:crypto';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { headWebhooks } from '../../src/app/compose/log.ts';
import { openMemoryEventStore } from '../../src/event-store/memory.ts';
import type { Recipient } from '../../src/webhooks/sender.ts';
import { webhookTasks } from '../../src/webhooks/webhook-tasks.ts';
import { testCore, type Core } from '../support/core.ts';
import { openTestDatabase, type TestDatabase } from '../support/database.ts';
import { workerDepsOf } from '../support/worker-deps.ts';

const test = suite('webhooks are told of new heads of the log');
let database: TestDatabase;
let core: Core;
const [heads, orders] = [randomUUID(), randomUUID()];

test.before(async () => {
  database = await openTestDatabase();
  core = testCore(database.db, openMemoryEventStore(), randomBytes(32));
  const { endpoints } = workerDepsOf(core);
  const fresh = { url: 'https://auditor.example/heads', description: null, position: 0n };
  await endpoints.create({ ...fresh, id: heads, types: ['log.head'] });
  await endpoints.create({ ...fresh, id: orders, types: ['OrderPlaced'] });
});
test.after(() => database.close());

const head = { id: randomUUID(), size: 6, note: 'shop.example/log\n6\nAAAA\n\n— shop.example/log AAAA\n', at: 0 };
const task = () => {
  const found = webhookTasks.find(({ name }) => name === 'send-head');
  if (found === undefined) throw new Error('no such task');
  return found;
};

test('those that asked for heads are told', async () => {
  assert.equal(await headWebhooks(database.db), [heads]);
});

test('a head is sent as it was signed, and sent again until it is accepted', async () => {
  const sent: { readonly url: string; readonly body: unknown }[] = [];
  let status = 503;
  const send = ({ url }: Recipient, { body }: { readonly body: string }) => {
    sent.push({ url, body: JSON.parse(body) });
    return Promise.resolve(
      status === 204
        ? ({ outcome: 'accepted', status } as const)
        : ({ outcome: 'failed', status, reason: `it answered ${status}` } as const),
    );
  };
  const run = (attempt: number) =>
    task()
      .bind(workerDepsOf(core, { send }))
      .run({ webhook_id: heads, ...head }, { jobId: '1', attempt });
  const failed = await run(1).then(
    () => 'accepted',
    (error: unknown) => String(error),
  );
  assert.match(failed, 'the head of 6 events was not accepted: it answered 503');
  status = 204;
  await run(2);
  assert.equal(sent.at(-1), {
    url: 'https://auditor.example/heads',
    body: {
      id: head.id,
      type: 'log.head',
      stream: 'log',
      revision: '0',
      position: '0',
      recorded_at: '1970-01-01T00:00:00.000Z',
      data: { size: 6, checkpoint: head.note },
    },
  });
  const attempts = await database.db<{ outcome: string }>('webhook_deliveries').orderBy('attempt').pluck('outcome');
  assert.equal(attempts, ['failed', 'accepted']);
});

test('an endpoint that was removed or switched off is not told', async () => {
  await workerDepsOf(core).endpoints.change(heads, { enabled: false }, undefined);
  assert.equal(await headWebhooks(database.db), []);
  const send = () => Promise.reject(new Error('must not be called'));
  await task()
    .bind(workerDepsOf(core, { send }))
    .run({ webhook_id: heads, ...head }, { jobId: '1', attempt: 1 });
});

test.run();

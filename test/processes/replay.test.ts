import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { rebuildProjection } from '../../src/projections/engine/index.ts';
import { projections } from '../../src/projections/registry.ts';
import { startTestApi, type TestApi } from '../support/api.ts';
import { eventually } from '../support/eventually.ts';
import { deliveredOrder, pay } from '../support/money-over-http.ts';

const test = suite<{ api: TestApi }>('processes and replays');
test.before(async (context) => {
  context.api = await startTestApi();
  await context.api.startWorker();
});
test.after(({ api }) => api.close());

/** What processes have done of these orders: events, messages and documents. */
const doneFor = async ({ core: { db } }: TestApi, orders: readonly string[]) => {
  const count = async (sql: string): Promise<number> => {
    const { rows } = await db.raw<{ rows: readonly { readonly n: string }[] }>(sql, [[...orders]]);
    return Number(rows[0]?.n);
  };
  return {
    events: await count(`select count(*) as n from events where stream in (select 'order-' || unnest(?::text[]))`),
    documents: await count(`select count(*) as n from events where type = 'DocumentRendered'
      and stream in (select stream from events where type = 'DocumentRequested' and data->>'order_id' = any(?::text[]))`),
    payments: await count(`select count(*) as n from events where stream in
      (select stream from events where type = 'PaymentInitiated' and data->>'order_id' = any(?::text[]))`),
    messages: await count('select count(*) as n from messages where order_id = any(?::uuid[])'),
    jobs: await count(
      `select count(*) as n from graphile_worker._private_jobs where payload->>'order_id' = any(?::text[])`,
    ),
  };
};

/** An order whose invoice is issued and whose messages are noted. */
const settled = async (api: TestApi): Promise<string> => {
  const { id } = await deliveredOrder(api);
  await pay(api, id);
  await eventually('the invoice and the messages of an order', async () => {
    const { documents, messages, jobs } = await doneFor(api, [id]);
    return documents > 0 && messages >= 3 && jobs === 0;
  });
  return id;
};

test('a rebuild of every read model fires no process: no message, document, payment or job comes twice', async ({
  api,
}) => {
  const orders = [await settled(api), await settled(api)];
  const before = await doneFor(api, orders);
  for (const projection of projections) await rebuildProjection(projection, api.core);
  await settled(api); // whatever the rebuild had fired would have come before it
  assert.equal(await doneFor(api, orders), before);
});

test.run();

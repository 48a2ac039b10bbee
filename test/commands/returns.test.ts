import { randomBytes, randomUUID } from 'node:crypto';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { wasRejected, type Outcome } from '../../src/commands/handle.ts';
import { openMemoryEventStore } from '../../src/event-store/memory.ts';
import type { EventStore } from '../../src/event-store/port.ts';
import { createSandboxGateway } from '../../src/gateways/payment/sandbox.ts';
import { orderStream, returnStream } from '../../src/event-store/stream-names.ts';
import { type Core, newLine, shipOrder, takeActions, testCore } from '../support/core.ts';
import { openTestDatabase, type TestDatabase } from '../support/database.ts';
import { by, byAdmin, openReturn, returnInput, takeReturnActions, TO_RECEIVED } from '../support/payments.ts';
import { dyingAt, processRunner } from '../support/processes.ts';
import { readOrder, readReturn } from '../support/reconcile.ts';

const masterKey = randomBytes(32);
const MEERA = { id: 'c-1', role: 'customer' } as const;

const test = suite<{ database: TestDatabase; store: EventStore; core: Core }>('return commands');
test.before(async (state) => void (state.database = await openTestDatabase()));
test.before.each((state) => {
  state.store = openMemoryEventStore();
  state.core = testCore(state.database.db, state.store, masterKey);
});
test.after(async ({ database }) => database.close());

const codeOf = <S, R extends { readonly rejected: string }>(outcome: Outcome<S, R>) =>
  wasRejected(outcome) ? outcome.rejection.rejected : undefined;
const typesOf = async (store: EventStore, stream: string) => (await store.readStream(stream)).map(({ type }) => type);

const delivered = async (core: Core, quantity = 2): Promise<string> => {
  const order = await shipOrder(core, { lines: [newLine({ quantity })] });
  await takeActions(core, order, ['deliver']);
  return order;
};

test('a return is opened on the order and begins in its own stream, by the same person at the same moment', async ({
  core,
  store,
}) => {
  const order = await delivered(core);
  const outcome = await core.returns.open(returnInput(order, { reason: 'damaged' }), by(MEERA));
  assert.is(codeOf(outcome), undefined);
  const state = await readReturn(core, outcome.id);
  assert.equal([state.status, state.reason, state.estimate], ['initiated', 'damaged', 3_358]);
  const [begun] = await core.codec.decode(await store.readStream(returnStream(outcome.id)));
  assert.equal(begun?.fact.by, MEERA);
  assert.is((await readOrder(core, order)).status, 'return_requested');
});

test('killed before or after either append, it is finished by its process, or by asking again', async ({
  database,
}) => {
  const { db } = database;
  for (const moment of ['before', 'after'] as const)
    for (const n of [1, 2]) {
      const store = openMemoryEventStore();
      const core = testCore(db, store, masterKey);
      const order = await delivered(core);
      const key = randomUUID();
      const dying = testCore(db, dyingAt(store, n, moment), masterKey);
      await dying.returns.open(returnInput(order), byAdmin(key, true)).catch(() => undefined);
      if (n === 2) await processRunner(store, core.codec).run(core, createSandboxGateway({ db }));
      const again = await core.returns.open(returnInput(order), byAdmin(key, true));
      assert.is(codeOf(again), undefined, `killed ${moment} append ${n}`);
      assert.equal(await typesOf(store, returnStream(again.id)), ['ReturnInitiated']);
      assert.is((await readOrder(core, order)).returns.length, 1);
    }
});

test('fifty returns of the last unit at once: one gets it', async ({ core }) => {
  const order = await delivered(core, 1);
  const outcomes = await Promise.all(
    Array.from({ length: 50 }, () => core.returns.open(returnInput(order), byAdmin())),
  );
  const codes = outcomes.map(codeOf);
  assert.is(codes.filter((code) => code === undefined).length, 1);
  assert.is(codes.filter((code) => code === 'return.nothing_left').length, 49);
  assert.is((await readOrder(core, order)).returns.length, 1);
});

test('rejecting frees the units at once; a review that rejects does too', async ({ core }) => {
  const order = await delivered(core);
  const first = await openReturn(core, order);
  await takeReturnActions(core, first, [{ action: 'reject', reason: 'worn' }]);
  assert.is((await readOrder(core, order)).status, 'delivered');
  const second = await openReturn(core, order);
  await core.returns.review({ ...byAdmin(), id: second }, { decision: 'rejected', notes: 'worn out entirely' });
  assert.is((await readOrder(core, order)).status, 'delivered');
  assert.is((await readReturn(core, second)).rejection_reason, 'worn out entirely');
});

test('processing settles at once; the same request again answers the same', async ({ core, store }) => {
  const order = await delivered(core);
  const id = await openReturn(core, order);
  await takeReturnActions(core, id, TO_RECEIVED);
  const key = randomUUID();
  const processReturn = () => core.returns.takeAction({ ...byAdmin(key, true), id }, { action: 'process' });
  assert.is(codeOf(await processReturn()), undefined);
  assert.is(codeOf(await processReturn()), undefined);
  const types = await typesOf(store, orderStream(order));
  assert.equal(types.slice(-3), ['ReturnOpened', 'ReturnSettled', 'ReturnClosed']);
  assert.is((await readReturn(core, id)).status, 'refunded', 'unpaid: there was nothing to give back');
});

test('a customer may withdraw their own return, and nothing else', async ({ core }) => {
  const order = await delivered(core);
  const id = await openReturn(core, order);
  const take = (caller: typeof MEERA | { id: string; role: 'customer' }, action: string) =>
    core.returns.takeAction({ ...by(caller), id }, { action });
  assert.is(codeOf(await take(MEERA, 'approve')), 'return.action_not_permitted');
  assert.is(codeOf(await take({ id: 'c-2', role: 'customer' }, 'cancel')), 'return.not_found');
  assert.is(codeOf(await take(MEERA, 'cancel')), undefined);
  assert.is((await readOrder(core, order)).status, 'delivered');
});

test('a return that was not processed cannot be refunded', async ({ core }) => {
  const id = await openReturn(core, await delivered(core));
  const outcome = await core.returns.takeAction({ ...byAdmin(), id }, { action: 'refund' });
  assert.is(codeOf(outcome), 'return.invalid_transition');
});

test.run();

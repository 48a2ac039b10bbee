import { setTimeout as delay } from 'node:timers/promises';
import * as assert from 'uvu/assert';
import { openPostgresEventStore } from '../../src/event-store/postgres/index.ts';
import { openDatabase } from '../../src/platform/database.ts';
import { testCore } from '../support/core.ts';
import { eventually } from '../support/eventually.ts';
import { assertReconciled } from '../support/reconcile.ts';
import { createDice, type Dice } from '../support/random.ts';
import { createAsk, type Ask } from './kills/ask.ts';
import { anyGoods, assertGoods, loadStock } from './kills/goods-races.ts';
import { anyMoney, RACES } from './kills/payment-races.ts';
import type { Service } from './kills/service.ts';
import type { RoundOptions } from './kills/two-machines.ts';
import { killVictim } from './kills/victims.ts';

export type PaymentsUnderKillsOptions = Pick<RoundOptions, 'seed'> & {
  /** Orders to which random things happen to their money, and as many to which they happen to their goods. */
  readonly lives: number;
  /** A worker that is killed each time it has started would only show that nothing gets done. */
  readonly kills: number;
};

/** Kills one worker after the other, and some APIs, until `signal` aborts; a kill can hit any line of a job or a request. */
const killProcesses = async (
  service: Service,
  dice: Dice,
  { kills, signal }: { readonly kills: number; readonly signal: AbortSignal },
): Promise<void> => {
  for (let killed = 0; !signal.aborted && killed < kills; killed += 1) {
    await delay(200 + dice.below(800));
    await killVictim(dice.chance(0.25) ? 'api' : 'worker', dice.pick(service.machines), service.dataDir);
  }
};

const race = async (
  service: Service,
  ask: Ask,
  { dice, lives, kills }: Omit<PaymentsUnderKillsOptions, 'seed'> & { readonly dice: Dice },
): Promise<readonly string[]> => {
  const goods = anyGoods(createAsk(() => service.machines.map(({ address }) => address), service.customerToken));
  const closing = new AbortController();
  const killing = killProcesses(service, dice, { kills, signal: closing.signal });
  try {
    const random = Array.from({ length: lives }, () => [anyMoney, goods]).flat();
    return await Promise.all(
      dice.shuffle([...RACES, ...random]).map((each) => each(ask, createDice(dice.below(2 ** 31)))),
    );
  } finally {
    closing.abort();
    await killing;
  }
};

type Job = { readonly task: string; readonly state: string; readonly reason: string | null };
type ReturnJson = { readonly id: string; readonly status: string; readonly refund_amount: number };
type Reconciliation = { readonly agrees: boolean } & Readonly<
  Record<'invoiced' | 'credited_by_documents' | 'captured' | 'refunded' | 'in_flight' | 'failed' | 'overpaid', number>
>;
type Balance = { readonly balance: number; readonly entries: readonly { readonly amount: number }[] };
type DocumentJson = {
  readonly invoice_number: string;
  readonly invoice_type: 'order' | 'return';
  readonly return_id: string | null;
  readonly status: string;
  readonly total: number;
};

/** Waits until no job is left; a job that waits for its next try is retried at once. */
const waitUntilIdle = (ask: Ask): Promise<boolean> =>
  eventually(
    'every job is done',
    async () => {
      const { body: jobs } = await ask<readonly (Job & { readonly id: string })[]>({ path: '/api/v1/admin/jobs' });
      for (const { id } of jobs.filter(({ state }) => state === 'failed'))
        await ask({ method: 'POST', path: `/api/v1/admin/jobs/${id}/retry` });
      const { body: projections } = await ask<readonly { lag_events: number }[]>({ path: '/api/v1/admin/projections' });
      return jobs.length === 0 && projections.every(({ lag_events }) => lag_events === 0);
    },
    { within: 90_000, every: 250 },
  );

const assertBooks = async (service: Service, orders: readonly string[]): Promise<{ readonly parcels: number }> => {
  const db = openDatabase({ url: service.url });
  const store = openPostgresEventStore({ url: service.url });
  try {
    const core = testCore(db, store, service.masterKey);
    for (const order of orders) await assertReconciled(core, order);
    return await assertGoods(core, orders);
  } finally {
    await store.close();
    await db.destroy();
  }
};

const near = (a: number, b: number): boolean => Math.abs(a - b) < 0.000_5;

/** Documents and money of an order agree, as it says and as its documents add up; balances are sums of their entries. */
const assertAgreement = async (ask: Ask, order: string): Promise<void> => {
  const { body } = await ask<Reconciliation>({ path: `/api/v1/orders/${order}/reconciliation` });
  const said = `${order}: ${JSON.stringify(body)}`;
  assert.ok(body.agrees, said);
  assert.ok(body.refunded + body.in_flight <= body.captured + 0.000_5, said);
  assert.ok(body.overpaid <= body.failed + 0.000_5, `${said}: what is overpaid and did not fail has gone back`);
  const { body: documents } = await ask<readonly DocumentJson[]>({ path: `/api/v1/invoices?order_id=${order}` });
  const sumOf = (type: DocumentJson['invoice_type']): number =>
    documents.filter(({ invoice_type }) => invoice_type === type).reduce((sum, { total }) => sum + total, 0);
  assert.ok(near(sumOf('order'), body.invoiced) && near(sumOf('return'), body.credited_by_documents), said);
  assert.ok(documents.every(({ status }) => status === 'ready'));
  const { body: whole } = await ask<{ customer_id: string }>({ path: `/api/v1/orders/${order}` });
  const path = `/api/v1/admin/customers/${whole.customer_id}/store-credit`;
  for (const { balance, entries } of (await ask<readonly Balance[]>({ path })).body) {
    const sum = entries.reduce((added, { amount }) => added + amount, 0);
    assert.ok(balance >= 0 && near(balance, sum), `${path}: ${balance} and ${sum}`);
  }
};

/** One credit memo for each settled return, and numbers without a gap. */
const assertDocuments = async (ask: Ask): Promise<number> => {
  const { body: returns } = await ask<readonly ReturnJson[]>({ path: '/api/v1/returns?limit=1000' });
  const { body: memos } = await ask<readonly DocumentJson[]>({ path: '/api/v1/invoices?type=return&limit=1000' });
  const isSettled = ({ status, refund_amount }: ReturnJson): boolean =>
    (status === 'refunded' || status === 'processed') && refund_amount > 0;
  const settled = returns.filter(isSettled).map(({ id }) => id);
  assert.equal(
    memos.flatMap(({ return_id }) => return_id ?? []).toSorted(),
    settled.toSorted(),
    'one memo per settled return',
  );
  const numbers = memos.map(({ invoice_number }) => Number(invoice_number.split('-').at(-1))).toSorted((a, b) => a - b);
  assert.equal(
    numbers,
    memos.map((_, index) => index + 1),
    'memo numbers have no gap',
  );
  return memos.length;
};

/**
 * Runs all payment races at once, and clerks who move goods, through two API processes, while workers and APIs are killed.
 * Then the gateway's own ledger must equal the log, documents the money, order by order, to the cent, and the stock must
 * lack the units that are off the shelf.
 * @throws the first broken promise
 */
export const killWhilePaying = async (
  service: Service,
  { seed, lives, kills }: PaymentsUnderKillsOptions,
): Promise<{ readonly paidOrders: number; readonly memos: number; readonly parcels: number }> => {
  const ask = createAsk(() => service.machines.map(({ address }) => address), service.token);
  const db = openDatabase({ url: service.url });
  try {
    await loadStock(db);
  } finally {
    await db.destroy();
  }
  const orders = await race(service, ask, { dice: createDice(seed), lives, kills });
  await waitUntilIdle(ask);
  const { parcels } = await assertBooks(service, orders);
  for (const order of orders) await assertAgreement(ask, order);
  const memos = await assertDocuments(ask);
  assert.ok(memos >= 3, `too little happened: ${memos} memos`);
  assert.ok(parcels > lives, `too few parcels: ${parcels}`);
  return { paidOrders: orders.length, memos, parcels };
};

import { randomBytes, randomUUID } from 'node:crypto';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { createCloseDays, type CloseDays } from '../../../src/audit/days/close-days.ts';
import { createHandle } from '../../../src/commands/handle.ts';
import type { DayClosed, DayTotals } from '../../../src/domain/audit/index.ts';
import type { DomainEvent } from '../../../src/domain/events.ts';
import { createCodec } from '../../../src/event-store/codec.ts';
import type { StoredEvent } from '../../../src/event-store/port.ts';
import { recordUntil } from '../audit-world.ts';
import { testCore, type Core } from '../../support/core.ts';
import { openTestDatabase, type TestDatabase } from '../../support/database.ts';
import { openEventLog, type EventLog } from '../../support/event-log.ts';
import { openMemoryEventStore } from '../../../src/event-store/memory.ts';
import { orderPlaced as placed } from '../../support/orders.ts';
import { createDice, seed } from '../../support/random.ts';

/** A log in memory for each test; the days are in the past, so all are over. */
type World = { readonly core: Core; readonly log: EventLog; readonly days: CloseDays };
const test = suite<World>('business days are closed');
const masterKey = randomBytes(32);
let database: TestDatabase;

test.before(async () => {
  database = await openTestDatabase();
});
test.before.each((world) => {
  const core = testCore(database.db, openMemoryEventStore(), masterKey);
  Object.assign(world, {
    core,
    log: openEventLog(core.store, core.dataKeys),
    days: createCloseDays({ ...core, numbering: 'positions', timeZone: 'Europe/Berlin' }),
  });
});
test.after(() => database.close());

const captured = (amount: number): DomainEvent => ({
  type: 'PaymentCaptured',
  data: { payment_id: randomUUID(), amount, method: 'credit_card' },
});
const refunded = (amount: number): DomainEvent => ({
  type: 'PaymentRefunded',
  data: {
    refund_id: randomUUID(),
    payment_id: randomUUID(),
    amount,
    method: 'original_payment',
    kind: 'money',
    return_id: null,
  },
});
const requested = (document_type: 'invoice' | 'credit_memo', amount: number, currency = 'EUR'): DomainEvent => ({
  type: 'DocumentRequested',
  data: {
    document_type,
    kind: document_type === 'invoice' ? 'invoice' : 'goodwill',
    customer_id: 'c-1',
    order_id: randomUUID(),
    return_id: null,
    credit_id: document_type === 'invoice' ? null : randomUUID(),
    shipment_id: null,
    currency,
    amount,
    series: document_type === 'invoice' ? 'invoices' : 'credit_memos',
    year: 2026,
    after: '-1',
    as_of: '0',
  },
});

const eventsOf = async ({ core }: World): Promise<readonly StoredEvent[]> =>
  (await core.store.readAll({ after: 0n, limit: 10_000, prefixes: [''] })).events;
const closings = async (world: World): Promise<readonly DayClosed['data'][]> =>
  (await eventsOf(world)).filter(({ type }) => type === 'DayClosed').map(({ data }) => data as DayClosed['data']);

const EUR = (amounts: Partial<DayTotals>): DayTotals => ({
  currency: 'EUR',
  invoiced: 0,
  credited: 0,
  captured: 0,
  refunded: 0,
  ...amounts,
});

test('an empty log has no day to close', async ({ days }) => assert.equal(await days.over(), []));

test('each day says what its range of the log came to, also a day without events', async (world) => {
  const { log, days } = world;
  const order = randomUUID();
  await log.append(order, [placed()], { recordedAt: '2026-02-27T10:00:00.000Z' });
  await log.append(order, [captured(3_358)], { recordedAt: '2026-02-27T22:59:59.999Z' });
  // Midnight in Berlin has passed.
  await log.appendTo(`document-${randomUUID()}`, [requested('invoice', 3_358)], {
    recordedAt: '2026-02-27T23:00:00.000Z',
  });
  await log.append(order, [refunded(358)], { recordedAt: '2026-03-02T10:00:00.000Z' });
  await days.upTo('2026-03-02');
  const closed = await closings(world);
  assert.equal(
    closed.map(({ day, until, size, counts, totals }) => [day, until, size, counts.events, totals]),
    [
      ['2026-02-27', '2026-02-27T23:00:00.000Z', 2, 2, [EUR({ captured: 3_358 })]],
      ['2026-02-28', '2026-02-28T23:00:00.000Z', 3, 1, [EUR({ invoiced: 3_358 })]],
      ['2026-03-01', '2026-03-01T23:00:00.000Z', 3, 0, []],
      ['2026-03-02', '2026-03-02T23:00:00.000Z', 4, 1, [EUR({ refunded: 358 })]],
    ],
  );
  assert.equal(closed.at(-1)?.perpetual.totals, [EUR({ invoiced: 3_358, captured: 3_358, refunded: 358 })]);
  const stream = (await eventsOf(world)).filter(({ stream: name }) => name === 'audit-2026').map(({ type }) => type);
  assert.equal(stream, ['DayClosed', 'DayClosed', 'DayClosed', 'DayClosed']);
});

test('a process that comes late goes on where the last one stopped, over the end of a year', async (world) => {
  const { log, days } = world;
  await log.append(randomUUID(), [placed(), captured(100)], { recordedAt: '2025-12-30T10:00:00.000Z' });
  assert.equal(
    (await days.upTo('2025-12-31')).map(({ day }) => day),
    ['2025-12-30', '2025-12-31'],
  );
  await days.upTo('2026-01-02');
  assert.equal(await days.upTo('2026-01-02'), [], 'each day once');
  assert.ok(
    (await eventsOf(world)).some(({ type }) => type === 'DayBegan'),
    'nothing else had ended the last day',
  );
  assert.equal(
    (await closings(world)).map(({ day, size, perpetual }) => [day, size, perpetual.totals[0]?.captured]),
    ['2025-12-30', '2025-12-31', '2026-01-01', '2026-01-02'].map((day) => [day, 2, 100]),
  );
});

test('more than a year of missing days is closed in one pass over the log, and after a crash from where it stopped', async (world) => {
  const { core, log } = world;
  const orders = Array.from({ length: 40 }, () => randomUUID());
  for (const [at, order] of orders.entries())
    await log.append(order, [placed(), captured(100)], {
      recordedAt: new Date(Date.UTC(2024, 10, 1) + at * 10 * 86_400_000).toISOString(),
    });
  const [DAYS, CRASH] = [400, 150];
  let said = 0;
  const dying: typeof core.handle = (decider, request) => {
    said += 1;
    return said === CRASH ? Promise.reject(new Error('killed')) : core.handle(decider, request);
  };
  const until = new Date(Date.UTC(2024, 10, 1) + (DAYS - 1) * 86_400_000).toISOString().slice(0, 10);
  const deps = { ...core, numbering: 'positions', timeZone: 'UTC' } as const;
  const died = await createCloseDays({ ...deps, handle: dying })
    .upTo(until)
    .catch((error: unknown) => String(error));
  assert.is(died, 'Error: killed');
  assert.is((await closings(world)).length, CRASH - 1);
  let pages = 0;
  const store: typeof core.store = {
    ...core.store,
    readAll: (options) => {
      pages += 1;
      assert.ok(options.limit <= 1_000, 'what is held in memory does not grow with the log');
      return core.store.readAll(options);
    },
  };
  const rest = await createCloseDays({ ...deps, store }).upTo(until);
  assert.ok(pages <= 4, `${pages} pages of the log were read`);
  assert.is(rest.length, DAYS - CRASH + 1);
  const closed = await closings(world);
  assert.is(closed.length, DAYS);
  assert.equal([closed[0]?.day, closed.at(-1)?.day], ['2024-11-01', until]);
  assert.equal(closed.at(-1)?.perpetual.totals, [EUR({ captured: 100 * orders.length })]);
  assert.is(closed.at(-1)?.size, 2 * orders.length);
});

test('history that was imported is counted apart', async (world) => {
  const { log, days } = world;
  await log.append(randomUUID(), [placed(), captured(100)], {
    recordedAt: '2026-02-27T10:00:00.000Z',
    imported: true,
  });
  await days.upTo('2026-02-27');
  const [{ counts, totals, imported } = { counts: undefined, totals: undefined, imported: undefined }] =
    await closings(world);
  assert.equal([counts?.orders, totals, imported], [0, [], [EUR({ captured: 100 })]]);
});

test('today cannot be closed', async ({ log, days }) => {
  await log.append(randomUUID(), [placed()]);
  const outcome = await days.upTo('2999-01-01').then(
    () => 'closed',
    (error: unknown) => String(error),
  );
  assert.match(outcome, /^RangeError: 2999-01-01 is not over yet: the last day that can be closed is /);
});

test('two processes close each day once', async (world) => {
  const { log, days } = world;
  await log.append(randomUUID(), [placed()], { recordedAt: '2026-02-20T10:00:00.000Z' });
  await Promise.all([days.upTo('2026-02-27'), days.upTo('2026-02-27')]);
  assert.equal(
    (await closings(world)).map(({ day }) => day),
    Array.from({ length: 8 }, (_, at) => `2026-02-${20 + at}`),
  );
});

test('where positions have gaps, days go on from the recorded entry', async (world) => {
  const { core, log } = world;
  const numbered = (at: number): DomainEvent => ({
    type: 'DocumentNumbered',
    data: { document_id: randomUUID(), number: `INV-2026-${at + 1}` },
  });
  await log.appendTo(
    'invoices-2026',
    Array.from({ length: 300 }, (_, at) => numbered(at)),
    { recordedAt: '2026-02-20T10:00:00.000Z' },
  );
  const days = createCloseDays({ ...core, numbering: 'ordinals', timeZone: 'UTC' });
  await log.append(randomUUID(), [placed()], { recordedAt: '2026-02-21T10:00:00.000Z' });
  await days.upTo('2026-02-20');
  const behind = await days.upTo('2026-02-21').then(
    () => 'closed',
    (error: unknown) => String(error),
  );
  assert.match(behind, /^DayNotRecorded: entry 300 /);
  await recordUntil({ ...core, numbering: 'ordinals' }, ({ size }) => size >= 302);
  const [closed] = await days.upTo('2026-02-21');
  assert.is(closed?.size, 301);
});

test('random histories: totals of the days are the totals of the events', async () => {
  const { below, chance, pick } = createDice(seed);
  for (let round = 0; round < 5; round++) {
    const core = testCore(database.db, openMemoryEventStore(), masterKey);
    const log = openEventLog(core.store, core.dataKeys);
    let now = Date.parse('2026-02-01T00:00:00Z');
    const handle = createHandle({ store: core.store, codec: createCodec(core.dataKeys, () => now) });
    const days = createCloseDays({
      ...core,
      handle,
      numbering: 'positions',
      timeZone: 'America/New_York',
      now: () => new Date(now),
    });
    const world = { core, log, days };
    const orders = Array.from({ length: 4 }, () => randomUUID());
    const known = new Set<string>();
    const raw = { captured: 0, refunded: 0, invoiced: 0, credited: 0 };
    for (let step = 0; step < 40; step++) {
      // Clocks disagree: some events are recorded by a process that is behind.
      now += below(15) * 3_600_000;
      const at = { recordedAt: new Date(now - pick([0, 0, 0, 5_000, 7_200_000])).toISOString() };
      const [order, amount] = [pick(orders), 1 + below(9_999)];
      if (!known.has(order)) await log.append(order, [placed()], at);
      known.add(order);
      const kind = pick(['captured', 'refunded', 'invoiced', 'credited'] as const);
      raw[kind] += amount;
      if (kind === 'captured') await log.append(order, [captured(amount)], at);
      else if (kind === 'refunded') await log.append(order, [refunded(amount)], at);
      else
        await log.appendTo(
          `document-${randomUUID()}`,
          [requested(kind === 'invoiced' ? 'invoice' : 'credit_memo', amount)],
          at,
        );
      if (chance(0.1)) await days.over();
    }
    now += 3 * 86_400_000;
    await days.over();
    const closed = await closings(world);
    const sumOf = (name: keyof typeof raw) => closed.reduce((sum, { totals }) => sum + (totals[0]?.[name] ?? 0), 0);
    const summed = {
      captured: sumOf('captured'),
      refunded: sumOf('refunded'),
      invoiced: sumOf('invoiced'),
      credited: sumOf('credited'),
    };
    assert.equal(summed, raw);
    assert.equal(closed.at(-1)?.perpetual.totals, [EUR(raw)]);
    // Days follow each other, and so do their ranges of the log.
    for (const [at, { day, size, counts }] of closed.entries()) {
      const before = closed[at - 1];
      if (before !== undefined) assert.is(Date.parse(day) - Date.parse(before.day), 86_400_000);
      assert.is(size - (before?.size ?? 0), counts.events);
    }
  }
});

test.run();

import { randomUUID } from 'node:crypto';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { createDrawNumber } from '../../../src/numbers/index.ts';
import type { Draw } from '../../../src/numbers/draw-numbers.ts';
import { rebuildProjection } from '../../../src/projections/engine/index.ts';
import { findIdByNumber, numbers, refillNumbers } from '../../../src/projections/numbers/index.ts';
import { openTestDatabase, type TestDatabase } from '../../support/database.ts';
import { eventually } from '../../support/eventually.ts';
import { openEventLog } from '../../support/event-log.ts';
import { confirmed } from '../../support/order-events.ts';
import { orderPlaced } from '../../support/orders.ts';
import { forget, rowsOf } from '../../support/projection-spec.ts';

const test = suite('numbers');
let database: TestDatabase;
test.before(async () => {
  database = await openTestDatabase();
});
test.before.each(async () => {
  await forget(database.db, numbers);
  await database.db('number_counters').delete();
});
test.after(() => database.close());

const orderOf = (id: string, year = 2026): Draw => ({ kind: 'order', year, prefix: 'ORD', id });
const drawNew = (draw: ReturnType<typeof createDrawNumber>, count: number) =>
  Promise.all(Array.from({ length: count }, () => draw(orderOf(randomUUID()))));

test('numbers count up within kind and year, and find what they number', async () => {
  const { db } = database;
  const draw = createDrawNumber(db);
  const [a, b, c, d] = [randomUUID(), randomUUID(), randomUUID(), randomUUID()];
  assert.is(await draw(orderOf(a)), 'ORD-2026-000001');
  assert.is(await draw(orderOf(b)), 'ORD-2026-000002');
  assert.is(await draw(orderOf(c, 2027)), 'ORD-2027-000001');
  assert.is(await draw({ kind: 'return', year: 2026, prefix: 'RET', id: d }), 'RET-2026-000001');
  assert.is(await findIdByNumber(db, 'order', 'ORD-2026-000002'), b);
  assert.is(await findIdByNumber(db, 'order', 'RET-2026-000001'), undefined);
  assert.is(await findIdByNumber(db, 'order', 'ORD-2026-000099'), undefined);
});

test('many draws at once, in several processes, get numbers of their own', async () => {
  const places = ['beside', 'elsewhere', 'beside', 'elsewhere'] as const;
  const draws = places.map((logIs) => createDrawNumber(database.db, { logIs }));
  const drawn = (await Promise.all(draws.map((draw) => drawNew(draw, 250)))).flat();
  assert.is(new Set(drawn).size, 1_000);
  assert.is(drawn.toSorted().at(-1), 'ORD-2026-001000', 'and leave no gap');
});

test('a draw takes the next free number when a number like the one drawn is added meanwhile', async () => {
  const { db } = database;
  const draw = createDrawNumber(db);
  await draw(orderOf(randomUUID()));
  const isWaiting = async (): Promise<boolean> => {
    const { rows } = await db.raw<{ rows: unknown[] }>(
      `select from pg_stat_activity where wait_event_type = 'Lock' and query like '%draw_numbers%' and pid <> pg_backend_pid()
         and datname = current_database()`,
    );
    return rows.length > 0;
  };
  const drawing = await db.transaction(async (holding) => {
    await holding.raw('select from number_counters for update');
    const drawing = draw(orderOf(randomUUID())); // has looked up the highest number, and waits for its turn
    await eventually('the draw waits for its turn', isWaiting);
    await db('numbers').insert({ number: 'ORD-2026-000002', kind: 'order', year: 2026, n: 2, id: randomUUID() });
    return { drawing };
  });
  assert.is(await drawing.drawing, 'ORD-2026-000003');
});

test('a rebuild on a busy shop never deadlocks with a draw, which reads the table and then writes it', async () => {
  const { db } = database;
  const waiting = async (): Promise<boolean> => {
    const { rows } = await db.raw<{ rows: unknown[] }>(
      `select from pg_locks where not granted and relation = 'numbers'::regclass`,
    );
    return rows.length > 0;
  };
  const rebuild = await db.transaction(async (drawing) => {
    await drawing.raw('select max(n) from numbers');
    const rebuilding = rebuildProjection(numbers, { db, ...openEventLog() });
    await eventually('the rebuild waits for the reader', waiting);
    await drawing('numbers').insert({ number: 'ORD-2026-000001', kind: 'order', year: 2026, n: 1, id: randomUUID() });
    return { rebuilding };
  });
  await rebuild.rebuilding;
});

/** Records how each transaction that draws commits: whether it waits for the disk is decided at its end. */
const RECORD_COMMITS = `
  create table commits (waits text);
  create function record_commit() returns trigger language plpgsql as
    $$ begin insert into commits values (current_setting('synchronous_commit')); return null; end $$;
  create constraint trigger record_commit after insert or update on number_counters
    deferrable initially deferred for each row execute function record_commit()`;

test('a draw waits for the disk, unless the log is beside it and waits later', async () => {
  const { db } = database;
  await db.raw(RECORD_COMMITS);
  const commitsOf = async (logIs: 'beside' | 'elsewhere') => {
    await db('commits').delete();
    await drawNew(createDrawNumber(db, { logIs }), 2);
    return db<{ waits: string }>('commits').pluck('waits');
  };
  assert.equal(await commitsOf('elsewhere'), ['on']);
  assert.equal(await commitsOf('beside'), ['off']);
  assert.equal(await commitsOf('elsewhere'), ['on'], 'and the connection is left as it was');
  await db.raw('drop trigger record_commit on number_counters; drop function record_commit; drop table commits');
});

test('draws that arrive together are one statement', async () => {
  const statements: string[] = [];
  const listen = ({ sql }: { sql: string }): void => void statements.push(sql);
  database.db.on('query', listen);
  await drawNew(createDrawNumber(database.db), 100);
  database.db.off('query', listen);
  assert.is(statements.length, 1, statements.join('; '));
});

test('drawing again for the same answers the same number', async () => {
  const draw = createDrawNumber(database.db);
  const id = randomUUID();
  const [first, second] = await Promise.all([draw(orderOf(id)), draw(orderOf(id))]);
  assert.is(second, first);
  assert.is(await createDrawNumber(database.db)(orderOf(id)), first);
  assert.is(await draw(orderOf(randomUUID())), 'ORD-2026-000002');
});

test('the millionth number is not cut', async () => {
  await database.db('number_counters').insert({ kind: 'order', year: 2026, last: 999_999, drawn: 1 });
  assert.is(await createDrawNumber(database.db)(orderOf(randomUUID())), 'ORD-2026-1000000');
});

test('a database older than the log fills up again and never hands out a number twice', async () => {
  const { db } = database;
  const eventLog = openEventLog();
  const draw = createDrawNumber(db);
  const place = async () => {
    const id = randomUUID();
    const order_number = await draw(orderOf(id));
    await eventLog.append(id, [orderPlaced({ order_number }), confirmed]);
    return { id, order_number };
  };
  const placed = [await place(), await place()];
  const backup = {
    numbers: await db<object>('numbers').select(),
    counters: await db<object>('number_counters').select(),
  };
  placed.push(await place(), await place(), await place());

  await forget(db, numbers);
  await db('number_counters').delete();
  await db('numbers').insert(backup.numbers);
  await db('number_counters').insert(backup.counters);
  await refillNumbers({ db, ...eventLog });

  for (const { id, order_number } of placed) assert.is(await findIdByNumber(db, 'order', order_number), id);
  assert.is(await draw(orderOf(randomUUID())), 'ORD-2026-000006');
  const drawn = await drawNew(draw, 10);
  assert.is(drawn.toSorted().at(-1), 'ORD-2026-000016');
});

test('if a number was given twice, the stream in the log has it', async () => {
  const { db } = database;
  const eventLog = openEventLog();
  const [lost, kept] = [randomUUID(), randomUUID()];
  const order_number = await createDrawNumber(db)(orderOf(lost));
  await eventLog.append(kept, [orderPlaced({ order_number })]);
  await refillNumbers({ db, ...eventLog });
  assert.is(await findIdByNumber(db, 'order', order_number), kept);
});

test('a rebuild keeps what the log says and does not reset the count', async () => {
  const { db } = database;
  const eventLog = openEventLog();
  const draw = createDrawNumber(db);
  const id = randomUUID();
  await eventLog.append(id, [orderPlaced({ order_number: await draw(orderOf(id)) })]);
  await drawNew(draw, 3);
  await rebuildProjection(numbers, { db, ...eventLog });
  assert.equal(await rowsOf(db, numbers), [{ number: 'ORD-2026-000001', kind: 'order', year: 2026, n: 1, id }]);
  assert.is(await draw(orderOf(randomUUID())), 'ORD-2026-000005');
});

test('refilling reads to the head as of now, from several processes at once', async () => {
  const { db } = database;
  const eventLog = openEventLog();
  for (let n = 1; n <= 30; n++)
    await eventLog.append(randomUUID(), [orderPlaced({ order_number: `ORD-2026-${String(n).padStart(6, '0')}` })]);
  await Promise.all([1, 2, 3].map(() => refillNumbers({ db, ...eventLog })));
  assert.is(await createDrawNumber(db)(orderOf(randomUUID())), 'ORD-2026-000031');
});

test.run();

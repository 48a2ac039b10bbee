import { randomUUID } from 'node:crypto';
import { cp, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Knex } from 'knex';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { openHeads, type Head } from '../../src/audit/heads.ts';
import { verifyLog, type VerifyOptions } from '../../src/audit/verification/verify-log.ts';
import type { Finding } from '../../src/audit/verification/finding.ts';
import { chainHash, hashOf } from '../../src/event-store/hash-chain.ts';
import type { JsonObject, StoredEvent } from '../../src/event-store/port.ts';
import { newSigningKey } from '../support/signing-key.ts';
import { temporaryFolder, type TemporaryFolder } from '../support/temporary.ts';
import { openAuditWorld, placeOrders, recordAll, tamper, type AuditWorld } from './audit-world.ts';

/** One log with two heads; each test changes it behind the product's back, and the next finds it as it was. */
const test = suite('verification of the log');
const keys = { sign: newSigningKey(), cosign: newSigningKey() };
const TABLES = ['events', 'log_tiles', 'log_streams', 'log_progress', 'log_heads', 'log_keys', 'log_epochs'];
const [EARLIER, LATER] = ['2026-03-01T12:00:00.000Z', '2026-03-02T12:00:00.000Z'];

let world: AuditWorld;
let folder: TemporaryFolder;
let kept: TemporaryFolder;
/** Of the first head, and of the second. */
let streams: readonly string[];
let later: readonly string[];
let heads: readonly Head[];

const signAt = async (at: string): Promise<Head> => {
  await recordAll(world);
  const head = await openHeads({
    db: world.db,
    keys,
    origin: 'shop.example/log',
    folder: folder.path,
    timeZone: 'UTC',
    now: () => new Date(at),
  }).make();
  if (head === undefined) throw new Error('there is nothing to sign');
  return head;
};

test.before(async () => {
  world = await openAuditWorld();
  [folder, kept] = [await temporaryFolder(), await temporaryFolder()];
  streams = await placeOrders(world.log, 90);
  const first = await signAt(EARLIER);
  later = await placeOrders(world.log, 5);
  heads = [first, await signAt(LATER)];
  for (const table of TABLES) await world.db.raw(`create table saved_${table} as table ${table}`);
  await cp(folder.path, kept.path, { recursive: true });
});
test.after.each(async () => {
  await tamper(world.db, async (sql) => {
    for (const table of TABLES) await sql.raw(`delete from ${table}`);
    for (const table of [...TABLES].reverse()) await sql.raw(`insert into ${table} select * from saved_${table}`);
  });
  await cp(kept.path, folder.path, { recursive: true, force: true });
});
test.after(async () => {
  await world.close();
  await folder.remove();
  await kept.remove();
});

const verify = (options: VerifyOptions = {}) =>
  verifyLog(
    {
      db: world.db,
      store: world.store,
      numbering: 'positions',
      keys,
      folder: folder.path,
      readDocument: () => Promise.resolve(undefined),
      canOpen: () => true,
    },
    options,
  );

/** Without the keys of personal data, which this log was made without. */
const findingsOf = async (options?: VerifyOptions): Promise<readonly Finding[]> =>
  (await verify(options)).findings.filter(({ kind }) => kind !== 'key_missing');

type Placed = readonly [kind: Finding['kind'], ...unknown[]];
const placeOf = ({ kind, stream, revision, index }: Finding): Placed => [kind, stream, revision, index];
/** What was found in the log itself; heads that no longer fit follow from it. */
const placesOf = async (): Promise<readonly Placed[]> =>
  (await findingsOf()).filter(({ kind }) => !kind.startsWith('head_')).map(placeOf);

const streamAt = (at: number): string => streams[at] ?? '';
const change = (work: (sql: Knex.Transaction) => Promise<unknown>): Promise<void> => tamper(world.db, work);
const changeData = (sql: Knex, position: number) =>
  sql.raw(`update events set data = jsonb_set(data::jsonb, '{forged}', 'true')::json where position = ?`, [position]);

/** Computes the hashes of a stream again from a revision on, as someone who has read the source would. */
const rehash = async (sql: Knex, stream: string, from: number): Promise<void> => {
  const rows = await sql<{
    position: string;
    revision: string;
    id: string;
    type: string;
    data: JsonObject;
    metadata: JsonObject;
  }>('events')
    .where('stream', stream)
    .orderBy('revision');
  let previous: string | null = null;
  for (const row of rows) {
    const event: StoredEvent = { ...row, stream, position: BigInt(row.position), revision: BigInt(row.revision) };
    if (Number(row.revision) < from) {
      previous = hashOf(event);
      continue;
    }
    previous = chainHash(event, previous);
    await sql('events')
      .where('position', row.position)
      .update('metadata', JSON.stringify({ ...row.metadata, hash: previous }));
  }
};

test('an untouched log has no findings, and says what was held against it', async () => {
  const { findings: _, counts, ...rest } = await verify();
  const read = { since: 0, events: 285, recorded: 285, streams: 95 };
  assert.equal(rest, { ...read, heads: 4, headFiles: 2, isSigned: true, restores: [] });
  assert.equal(
    Object.keys(counts).filter((kind) => kind !== 'key_missing'),
    [],
  );
});

test('events that were not recorded yet are checked by their own hashes', async () => {
  const [stream = ''] = await placeOrders(world.log, 1);
  assert.equal(await placesOf(), []);
  await change((sql) => changeData(sql, 287));
  assert.equal(await placesOf(), [['changed', stream, 1, 286]]);
});

test('from an entry on: earlier events are not read, and their record and heads are', async () => {
  const { events, since, findings } = await verify({ since: 270 });
  assert.equal([since, events, findings.filter(({ kind }) => kind !== 'key_missing')], [256, 29, []]);
  await change((sql) => changeData(sql, 5));
  assert.equal((await findingsOf({ since: 270 })).map(placeOf), [], 'it was not read');
  await change((sql) => changeData(sql, 272));
  assert.equal((await findingsOf({ since: 270 })).map(placeOf), [['changed', later[0], 1, 271]]);
});

test('from an entry on: an end of a stream, a whole stream, and a changed record before it', async () => {
  const [, first = '', second = ''] = later;
  await change(async (sql) => {
    await sql('events').where({ stream: first }).delete();
    await sql('events').where({ stream: second, revision: 2 }).delete();
  });
  const places = (await findingsOf({ since: 256 })).filter(({ kind }) => !kind.startsWith('head_')).map(placeOf);
  assert.equal(
    places.filter(([kind]) => kind !== 'gap').toSorted(([one], [other]) => (one < other ? -1 : 1)),
    [
      ['removed_stream', first, undefined, 275],
      ['truncated', second, 2, 278],
    ],
  );
  await world.db.raw(`update log_tiles set hashes = set_byte(hashes, 0, 255 - get_byte(hashes, 0)) where level = 1`);
  assert.ok((await findingsOf({ since: 256 })).some(({ kind }) => kind === 'head_root'));
});

test('changed content is found', async () => {
  await change((sql) => changeData(sql, 5));
  assert.equal(await placesOf(), [['changed', streamAt(1), 1, 4]]);
});

test('a changed event with a hash of its own, and what no longer follows from it', async () => {
  await change(async (sql) => {
    await changeData(sql, 5);
    const [stream] = [streamAt(1)];
    const last = await sql<{ metadata: JsonObject }>('events').where('position', 6).first('metadata');
    await rehash(sql, stream, 1);
    await sql('events').where('position', 6).update('metadata', JSON.stringify(last?.metadata));
  });
  assert.equal(await placesOf(), [
    ['chain', streamAt(1), 2, 5],
    ['changed', streamAt(1), 1, 4],
  ]);
});

test('a changed event whose whole stream was hashed again, and when it was recorded', async () => {
  const [stream = ''] = later;
  await change(async (sql) => {
    await changeData(sql, 272);
    await rehash(sql, stream, 1);
  });
  const found = await findingsOf();
  assert.equal(found.filter(({ kind }) => !kind.startsWith('head')).map(placeOf), [
    ['changed', stream, 1, 271],
    ['chain', stream, 2, 272],
  ]);
  assert.equal(found.find(({ kind }) => kind === 'changed')?.between, { from: EARLIER, to: LATER });
  assert.equal(found.filter(({ kind }) => kind === 'head_root').length, 2, 'in the database and in the folder');
});

test('a missing event in the middle of a stream', async () => {
  await change((sql) => sql('events').where('position', 5).delete());
  assert.equal(await placesOf(), [['gap', streamAt(1), 1, 4]]);
});

test('a stream that lost its end', async () => {
  await change((sql) => sql('events').where('position', 6).delete());
  assert.equal(await placesOf(), [['truncated', streamAt(1), 2, 5]]);
});

test('a stream that is gone', async () => {
  await change((sql) => sql('events').where('stream', streamAt(1)).delete());
  const places = await placesOf();
  assert.equal(places[0], ['removed_stream', streamAt(1), undefined, 5]);
  assert.equal(places.slice(1), [
    ['gap', undefined, undefined, 3],
    ['gap', undefined, undefined, 4],
  ]);
});

test('a log that lost its end', async () => {
  await change((sql) => sql('events').where('position', '>', 283).delete());
  const [stream = ''] = later.slice(-1);
  const places = await placesOf();
  assert.equal(
    places.filter(([kind]) => kind === 'truncated'),
    [
      ['truncated', stream, 1, 284],
      ['truncated', undefined, undefined, 283],
    ],
  );
  assert.equal(
    places.filter(([kind]) => kind === 'rolled_back').length,
    2,
    'the heads in database and folder cover more',
  );
});

test('two events that changed places', async () => {
  await change(async (sql) => {
    for (const [from, to] of [
      [1, -1],
      [7, 1],
      [-1, 7],
    ] as const)
      await sql('events').where('position', from).update('position', to);
  });
  const places = await placesOf();
  assert.equal(
    places.filter(([kind]) => kind === 'swapped'),
    [
      ['swapped', streamAt(2), 0, 0],
      ['swapped', streamAt(0), 0, 6],
    ],
  );
});

test('an event between others, which were moved', async () => {
  await change(async (sql) => {
    await sql.raw('update events set position = -position where position >= 10');
    await sql.raw('update events set position = 1 - position where position < 0');
    await sql.raw(
      `insert into events select 10, 'order-forged', 0, ?, type, data, metadata from events where position = 1`,
      [randomUUID()],
    );
    await rehash(sql, 'order-forged', 0);
  });
  assert.equal(await placesOf(), [['inserted', 'order-forged', 0, 9]]);
});

test('an event before the first', async () => {
  await change((sql) =>
    sql.raw(`insert into events select -5, 'order-forged', 0, ?, type, data, metadata from events where position = 1`, [
      randomUUID(),
    ]),
  );
  assert.equal(await placesOf(), [['inserted', 'order-forged', 0, undefined]]);
});

test('a changed record', async () => {
  await world.db.raw(`update log_tiles set hashes = set_byte(hashes, 0, 255 - get_byte(hashes, 0)) where level = 1`);
  assert.equal((await findingsOf()).map(placeOf), [['tile', undefined, undefined, 0]]);
});

test('a head with a wrong signature', async () => {
  const note = heads[1]?.note ?? '';
  await writeFile(join(folder.path, '285.checkpoint'), note.replace('\n285\n', '\n286\n'));
  const found = await findingsOf();
  assert.equal(
    found.map(({ kind }) => kind),
    ['head_signature'],
  );
  assert.match(found[0]?.detail ?? '', /285\.checkpoint: the signature of shop\.example\/log is wrong$/);
});

test('the thorough forger, who leaves nothing here: only a head that was kept elsewhere tells', async () => {
  await change(async (sql) => {
    await changeData(sql, 272);
    await rehash(sql, later[0] ?? '', 1);
    for (const table of ['log_heads', 'log_keys', 'log_epochs', 'log_tiles', 'log_streams']) await sql(table).delete();
    await sql('log_progress').update({ size: 0, position: 0 });
  });
  await recordAll(world);
  const empty = await temporaryFolder();
  try {
    const deps = {
      db: world.db,
      store: world.store,
      numbering: 'positions',
      keys,
      folder: empty.path,
      readDocument: () => Promise.resolve(undefined),
      canOpen: () => true,
    } as const;
    assert.equal(
      (await verifyLog(deps)).findings.filter(({ kind }) => kind !== 'key_missing'),
      [],
    );
    const given = heads.map(({ note, size }) => ({ source: 'kept', name: `kept head of ${size}`, note }) as const);
    const { findings } = await verifyLog(deps, { kept: given });
    assert.equal(
      findings
        .filter(({ kind }) => kind !== 'key_missing')
        .map(({ kind, index, between }) => [kind, index, between?.from]),
      [['head_consistency', 284, EARLIER]],
    );
  } finally {
    await empty.remove();
  }
});

test('a log that was never recorded or signed says so', async () => {
  await change(async (sql) => {
    for (const table of ['log_heads', 'log_keys', 'log_epochs', 'log_tiles', 'log_streams']) await sql(table).delete();
    await sql('log_progress').update({ size: 0, position: 0 });
  });
  const { recorded, isSigned } = await verifyLog({
    db: world.db,
    store: world.store,
    numbering: 'positions',
    keys: undefined,
    folder: '/nowhere',
    readDocument: () => Promise.resolve(undefined),
    canOpen: () => true,
  });
  assert.equal([recorded, isSigned], [0, false]);
});

test.run();

import { randomBytes, randomUUID } from 'node:crypto';
import { cp, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Knex } from 'knex';
import type { Test } from 'uvu';
import * as assert from 'uvu/assert';
import { verifyDeps } from '../../src/app/compose/log.ts';
import type { Config } from '../../src/config/index.ts';
import { signCheckpoint } from '../../src/audit/formats/checkpoint.ts';
import { openHeads, RolledBack, type Head } from '../../src/audit/heads.ts';
import { createSigners, verifiersOf, type LogKeys } from '../../src/audit/keys.ts';
import type { Numbering } from '../../src/audit/record-log.ts';
import { readHeadsAt } from '../../src/audit/verification/check-heads.ts';
import { FINDING_KINDS, type Finding, type FindingKind } from '../../src/audit/verification/finding.ts';
import { verifyLog } from '../../src/audit/verification/verify-log.ts';
import { documentFile, documentFilesIn } from '../../src/documents/document-files.ts';
import { chainHash, hashOf } from '../../src/event-store/hash-chain.ts';
import type { EventStore, StoredEvent } from '../../src/event-store/port.ts';
import { openDataKeys } from '../../src/platform/data-keys.ts';
import { openEventLog } from '../support/event-log.ts';
import { newSigningKey } from '../support/signing-key.ts';
import { temporaryFolder } from '../support/temporary.ts';
import { placeOrders, recordUntil } from './audit-world.ts';

/** A store whose owner changes it behind the product's back. */
export type OwnedStore = {
  readonly db: Knex;
  readonly store: EventStore;
  readonly numbering: Numbering;
  /** Makes these events the whole log, whatever they are. */
  readonly rewrite: (events: readonly StoredEvent[]) => Promise<void>;
  readonly close: () => Promise<void>;
};

const TABLES = [
  'document_files',
  'data_keys',
  'log_tiles',
  'log_streams',
  'log_progress',
  'log_heads',
  'log_keys',
  'log_epochs',
];
const RECORD = ['log_heads', 'log_keys', 'log_epochs', 'log_tiles', 'log_streams'];
const [INVOICES, DOCUMENT] = ['invoices-2026', randomUUID()];
/** Of a customer who was erased. */
const ERASED_KEY = randomUUID();
const ORDERS = 4; // of three events each
const MORE_THAN_A_TILE = 250;

export type TamperedWorld = OwnedStore & {
  /** The log as it was. */
  readonly events: readonly StoredEvent[];
  readonly streams: readonly string[];
  /** The folder of heads, and the one that the auditor keeps. */
  readonly folder: string;
  readonly kept: string;
  readonly head: Head;
  readonly keys: LogKeys;
  readonly findings: (keptHeads?: string) => Promise<readonly Finding[]>;
};

/** In this order, without gaps. */
const put = (events: readonly StoredEvent[]): readonly StoredEvent[] =>
  events.map((event, index) => ({ ...event, position: BigInt(index + 1) }));

/** Computes hashes again from a revision of a stream on, as someone who has read the source would. */
export const rehash = (events: readonly StoredEvent[], stream: string, from: number, until = Infinity) => {
  let previous: string | null = null;
  return events.map((event) => {
    if (event.stream !== stream) return event;
    const isForged = Number(event.revision) >= from && Number(event.revision) <= until;
    const hash: string | null = isForged ? chainHash(event, previous) : hashOf(event);
    previous = hash;
    return isForged ? { ...event, metadata: { ...event.metadata, hash } } : event;
  });
};

const change = (events: readonly StoredEvent[], index: number): readonly StoredEvent[] =>
  events.map((event, at) => (at === index ? { ...event, data: { ...event.data, forged: true } } : event));

type Spot = Partial<Pick<Finding, 'stream' | 'revision' | 'index'>>;
type Forgery = {
  /** What was done. */
  readonly forge: (world: TamperedWorld) => Promise<unknown>;
  /** Where the finding of this kind must be. */
  readonly place: (world: TamperedWorld) => Spot;
  /** Only heads that were kept elsewhere tell. */
  readonly needsKept?: boolean;
};

/** Order 1 has the entries 3, 4 and 5; the numbers are the last but three to the last but one. */
const orderOne = (revision: number) => (world: TamperedWorld) => ({
  stream: world.streams[1] ?? '',
  revision,
  index: 3 + revision,
});

/** How each kind of finding comes about: a kind without a forgery does not compile. */
export const FORGERIES: Readonly<Record<FindingKind, Forgery>> = {
  changed: { forge: ({ events, rewrite }) => rewrite(change(events, 4)), place: orderOne(1) },
  chain: {
    forge: ({ events, streams, rewrite }) => rewrite(rehash(change(events, 4), streams[1] ?? '', 1, 1)),
    place: orderOne(2),
  },
  gap: { forge: ({ events, rewrite }) => rewrite(events.filter((_, index) => index !== 4)), place: orderOne(1) },
  inserted: {
    forge: ({ events, rewrite }) => {
      const [first] = events;
      const forged = first === undefined ? [] : [{ ...first, id: randomUUID(), stream: 'order-forged' }];
      return rewrite(rehash(put([...events.slice(0, 9), ...forged, ...events.slice(9)]), 'order-forged', 0));
    },
    place: () => ({ stream: 'order-forged', revision: 0, index: 9 }),
  },
  swapped: {
    forge: ({ events, rewrite }) => {
      const [one, other] = [events[0], events[6]];
      return rewrite(put(events.map((event, at) => (at === 0 ? other : at === 6 ? one : event) ?? event)));
    },
    place: ({ streams }) => ({ stream: streams[2] ?? '', revision: 0, index: 0 }),
  },
  removed_stream: {
    forge: ({ events, streams, rewrite }) => rewrite(events.filter(({ stream }) => stream !== streams[1])),
    place: ({ streams }) => ({ stream: streams[1] ?? '', index: 5 }),
  },
  truncated: { forge: ({ events, rewrite }) => rewrite(events.filter((_, at) => at !== 5)), place: orderOne(2) },
  tile: {
    forge: ({ db }) =>
      db.raw(`update log_tiles set hashes = set_byte(hashes, 0, 255 - get_byte(hashes, 0)) where level = 1`),
    place: () => ({ index: 0 }),
  },
  head_signature: {
    forge: ({ folder, head: { note, size } }) =>
      writeFile(join(folder, `${size}.checkpoint`), note.replace(`\n${size}\n`, `\n${size + 1}\n`)),
    place: () => ({}),
  },
  head_root: {
    forge: ({ events, streams, rewrite }) => rewrite(rehash(change(events, 4), streams[1] ?? '', 1)),
    place: ({ head }) => ({ index: head.size - 1 }),
  },
  // The thorough one: hashes, record and heads are made again, and nothing here tells.
  head_consistency: {
    forge: async ({ db, store, numbering, events, streams, rewrite }) => {
      await rewrite(rehash(change(events, 4), streams[1] ?? '', 1));
      for (const table of RECORD) await db(table).delete();
      await db('log_progress').update({ size: 0, position: 0 });
      await recordUntil({ db, store, numbering }, ({ size }) => size === events.length);
    },
    place: ({ head }) => ({ index: head.size - 1 }),
    needsKept: true,
  },
  rolled_back: {
    forge: ({ events, rewrite }) => rewrite(events.slice(0, -2)),
    place: ({ events }) => ({ index: events.length - 2 }),
  },
  // The bytes are sealed: who owns the database can change them, not make others.
  document_bytes: {
    forge: ({ db }) => db.raw(`update document_files set sealed = set_byte(sealed, 40, 255 - get_byte(sealed, 40))`),
    place: () => ({ stream: `document-${DOCUMENT}` }),
  },
  document_missing: {
    forge: ({ db }) => db('document_files').delete(),
    place: () => ({ stream: `document-${DOCUMENT}` }),
  },
  number_gap: {
    forge: ({ events, rewrite }) => {
      const rest = events.filter(({ stream, revision }) => stream !== INVOICES || revision !== 1n);
      const moved = rest.map((one) =>
        one.stream === INVOICES && one.revision === 2n ? { ...one, revision: 1n } : one,
      );
      return rewrite(rehash(moved, INVOICES, 1));
    },
    place: () => ({ stream: INVOICES, revision: 1 }),
  },
  key_missing: {
    forge: ({ db }) => db.raw(`delete from data_keys where not subject like 'books-%'`),
    place: () => ({}),
  },
  key_destroyed: {
    forge: ({ db }) => db.raw(`update data_keys set wrapped = null where not subject like 'books-%'`),
    place: () => ({}),
  },
  key_returned: {
    forge: ({ db }) =>
      db('data_keys')
        .where({ id: ERASED_KEY })
        .update({ wrapped: randomBytes(40), erased_at: null }),
    place: () => ({}),
  },
};

const NOW = new Date('2026-03-01T12:00:00.000Z');
const FORGED_ORIGIN = 'waybill/forged';

/** Keys and a head of someone who writes the database, under an origin of theirs. */
const forgeHead = async ({ db, head: { size, root } }: TamperedWorld): Promise<void> => {
  const { sign, cosign } = createSigners({ sign: newSigningKey(), cosign: newSigningKey() }, FORGED_ORIGIN);
  const note = signCheckpoint({ origin: FORGED_ORIGIN, size, root }, [sign, cosign], NOW);
  await db('log_keys').insert([sign, cosign].map(({ verifier }) => ({ vkey: verifier.vkey, epoch: 2, added_at: NOW })));
  await db('log_heads').insert({ epoch: 2, size, root: Buffer.from(root), note, made_at: NOW });
};

type TableForgery = Pick<Forgery, 'forge'> & { readonly kind: FindingKind; readonly says: RegExp };

const forgedKey = () =>
  createSigners({ sign: newSigningKey(), cosign: newSigningKey() }, FORGED_ORIGIN).sign.verifier.vkey;

/** Rows beside the log that someone has changed who owns the database. */
const FORGED_TABLES = {
  'a forged origin': {
    forge: ({ db }) => db('log_epochs').insert({ epoch: 2, origin: FORGED_ORIGIN, began_at: NOW }),
    kind: 'head_signature',
    says: /log_epochs lists the origin waybill\/forged as number 2/,
  },
  'a renamed origin': {
    forge: ({ db }) => db('log_epochs').update({ origin: FORGED_ORIGIN }),
    kind: 'head_signature',
    says: /epoch is not what was signed/,
  },
  'a forged key': {
    forge: ({ db }) => db('log_keys').insert({ vkey: forgedKey(), epoch: 1, added_at: NOW }),
    kind: 'head_signature',
    says: /which is no key of this log/,
  },
  'a key that is said to be replaced': {
    forge: ({ db }) => db('log_keys').update({ retired_at: NOW }),
    kind: 'head_signature',
    says: /was replaced, but it is the key that signs/,
  },
  'a key that is no longer listed': {
    forge: ({ db }) => db('log_keys').delete(),
    kind: 'head_signature',
    says: /log_keys does not list/,
  },
  'another root beside a signed head': {
    forge: ({ db }) => db.raw('update log_heads set root = set_byte(root, 0, 255 - get_byte(root, 0))'),
    kind: 'head_signature',
    says: /root is not what was signed/,
  },
  'another size beside a signed head': {
    forge: ({ db }) => db.raw('update log_heads set size = size - 1'),
    kind: 'head_signature',
    says: /size is not what was signed/,
  },
  'another time beside a signed head': {
    forge: ({ db }) => db.raw(`update log_heads set made_at = made_at - interval '1 day'`),
    kind: 'head_signature',
    says: /made_at is not what was signed/,
  },
  'a head without its time': {
    forge: ({ db }) =>
      db.raw(`update log_heads set note = regexp_replace(note, '— [^ ]+/time [^ ]+$', ''),
        made_at = made_at - interval '30 days'`),
    kind: 'head_signature',
    says: /in the database: the key that adds the time has not signed it, or its signature was removed/,
  },
  'a head whose time is signed under another name': {
    forge: ({ db }) => db.raw(`update log_heads set note = replace(note, '/time ', '/tim3 ')`),
    kind: 'head_signature',
    says: /the key that adds the time has not signed it/,
  },
  'a file of a head without its time': {
    forge: ({ folder, head: { note, size } }) =>
      writeFile(join(folder, `${size}.checkpoint`), note.replace(/— \S+\/time \S+\n$/, '')),
    kind: 'head_signature',
    says: /checkpoint: the key that adds the time has not signed it/,
  },
  'a head that only the folder still has': {
    forge: ({ db }) => db('log_heads').delete(),
    kind: 'head_signature',
    says: /log_heads has no head of \d+ events\. Its row was deleted/,
  },
  'a stream recorded as shorter': {
    forge: ({ db, streams }) => db('log_streams').where({ stream: streams[1] }).update({ length: 2 }),
    kind: 'tile',
    says: /log_streams says that it has 2 events/,
  },
  'a stream recorded as longer': {
    forge: ({ db, streams }) => db('log_streams').where({ stream: streams[1] }).update({ length: 4 }),
    kind: 'truncated',
    says: /it had 4/,
  },
  'another last hash of a stream': {
    forge: ({ db }) =>
      db.raw(`update log_streams set last_hash = set_byte(last_hash, 0, 255 - get_byte(last_hash, 0))`),
    kind: 'tile',
    says: /log_streams says that it has 3 events, the last with hash/,
  },
  'a stream that is no longer recorded': {
    forge: ({ db, streams }) => db('log_streams').where({ stream: streams[1] }).delete(),
    kind: 'tile',
    says: /log_streams does not list it/,
  },
  'a recorded stream that never was': {
    forge: ({ db }) => db('log_streams').insert({ stream: 'order-never', length: 1, last_hash: Buffer.alloc(32, 1) }),
    kind: 'removed_stream',
    says: /its only event is gone/,
  },
  'a record that was set back': {
    forge: ({ db }) => db.raw('update log_progress set size = size - 1'),
    kind: 'tile',
    says: /log_progress says that (\d+) events are recorded, but its tiles have \d+/,
  },
  'a record that was set back with its tiles': {
    forge: ({ db }) =>
      db.raw(`with set_back as (update log_progress set size = size - 1)
        update log_tiles set width = width - 1, hashes = substr(hashes, 1, 32 * (width - 1))
        where level = 0 and n = (select max(n) from log_tiles where level = 0)`),
    kind: 'tile',
    says: /log_progress says that (\d+) events are recorded, but its streams have \d+/,
  },
  'a record that ends elsewhere': {
    forge: ({ db }) => db.raw('update log_progress set position = position - 1'),
    kind: 'tile',
    says: /log_progress says that the last recorded event is at position/,
  },
  'another hash beside a document': {
    forge: ({ db }) => db('document_files').update({ sha256: 'ab'.repeat(32) }),
    kind: 'document_bytes',
    says: /or the hash kept beside them/,
  },
} as const satisfies Readonly<Record<string, TableForgery>>;

const openWorld = async (owned: OwnedStore): Promise<TamperedWorld & { readonly restore: () => Promise<void> }> => {
  const { db, store, numbering } = owned;
  const [folder, kept] = [await temporaryFolder(), await temporaryFolder()];
  const masterKey = randomBytes(32);
  const dataKeys = openDataKeys({ db, masterKey });
  const log = openEventLog(store, dataKeys);
  const streams = await placeOrders(log, ORDERS);
  const { sha256, ...file } = await documentFilesIn(db, dataKeys).keep(
    DOCUMENT,
    documentFile('INV-2026-000001.pdf', randomBytes(100)),
    { customer_id: 'c-1', year: 2026 },
  );
  const number = (n: number) => `INV-2026-00000${n}`;
  const numbered = (name: string) =>
    ({ type: 'DocumentNumbered', data: { document_id: randomUUID(), number: name } }) as const;
  await log.appendTo(
    'credit_memos-2026',
    Array.from({ length: MORE_THAN_A_TILE }, (_, at) => numbered(`CM-2026-${at + 1}`)),
  );
  await db('data_keys').insert({ id: ERASED_KEY, subject: 'life-c-2', erased_at: NOW });
  await log.appendTo('audit-2026', [{ type: 'SubjectErased', data: { key_id: ERASED_KEY, kept: [], restricted: [] } }]);
  await log.appendTo(
    INVOICES,
    [1, 2, 3].map((n) => numbered(number(n))),
  );
  const { file_name, bytes } = file;
  await log.appendTo(`document-${DOCUMENT}`, [
    { type: 'DocumentRendered', data: { number: number(1), file_name, sha256, size: bytes.length } },
  ]);
  const { events } = await store.readAll({ after: 0n, limit: 1_000, prefixes: [''] });
  await owned.rewrite(events); // the record then has the positions that every rewriting gives
  await recordUntil({ db, store, numbering }, ({ size }) => size === events.length);
  const keys = { sign: newSigningKey(), cosign: newSigningKey() };
  const head = await openHeads({ db, keys, origin: undefined, folder: folder.path, timeZone: 'UTC' }).make();
  if (head === undefined) throw new Error('there is nothing to sign');
  for (const table of TABLES) await db.raw(`create table saved_${table} as table ${table}`);
  await cp(folder.path, kept.path, { recursive: true });

  /** As the product itself would verify it. */
  const config = { log: { headsFolder: folder.path }, secrets: { logKeys: keys } } as Config; // nothing else is read
  const deps = { ...verifyDeps(config, { db, store, dataKeys, masterKey, previousMasterKey: undefined }), numbering };
  return {
    ...owned,
    events,
    streams,
    folder: folder.path,
    kept: kept.path,
    head,
    keys,
    findings: async (keptHeads) => {
      const given = keptHeads === undefined ? [] : await readHeadsAt(keptHeads);
      return (await verifyLog(deps, { kept: given })).findings;
    },
    restore: async () => {
      await owned.rewrite(events);
      for (const table of TABLES) await db(table).delete();
      for (const table of TABLES.toReversed()) await db.raw(`insert into ${table} select * from saved_${table}`);
      await cp(kept.path, folder.path, { recursive: true, force: true });
    },
    close: async () => {
      await owned.close();
      await folder.remove();
      await kept.remove();
    },
  };
};

/** Plants every kind of tampering, one after the other, and expects it to be found at its place. */
export const testTampering = (test: Test, open: () => Promise<OwnedStore>): void => {
  let world: Awaited<ReturnType<typeof openWorld>>;
  test.before(async () => {
    world = await openWorld(await open());
  });
  test.after.each(() => world.restore());
  test.after(() => world.close());

  test('an untouched log has no findings', async () => assert.equal(await world.findings(world.kept), []));

  for (const [what, { forge, kind, says }] of Object.entries(FORGED_TABLES))
    test(`${what} is found`, async () => {
      await forge(world);
      const found = await world.findings();
      assert.ok(
        found.some((one) => one.kind === kind && says.test(one.detail)),
        JSON.stringify(found),
      );
    });

  test('a machine that keeps no heads has no findings: several may not share a folder', async () => {
    await rm(join(world.folder, `${world.head.size}.checkpoint`));
    assert.equal(await world.findings(world.kept), []);
  });

  test('a record without its progress cannot be checked, and the reason names what to restore', async () => {
    await world.db('log_progress').delete();
    const outcome = await world.findings().catch((error: unknown) => error);
    assert.ok(outcome instanceof Error);
    assert.match(outcome.message, /log_progress is missing: restore .* from the same backup/);
  });

  test('nothing is signed under an origin that only the database names', async () => {
    const { db, folder, keys } = world;
    const heads = openHeads({ db, keys, origin: undefined, folder, timeZone: 'UTC' });
    await FORGED_TABLES['a forged origin'].forge(world);
    // Public keys are known to all: the forger lists them under the new origin.
    const own = verifiersOf(createSigners(keys, FORGED_ORIGIN)).map(({ vkey }) => ({ vkey, epoch: 2, added_at: NOW }));
    await db('log_keys').insert(own);
    for (const head of [false, true]) {
      // With a head of the forger's own key, too, and that key listed.
      if (head) await forgeHead(world);
      const outcome = await heads.make().catch((error: unknown) => error);
      assert.instance(outcome, RolledBack);
    }
  });

  for (const kind of FINDING_KINDS)
    test(`${kind} is found, with its place`, async () => {
      const { forge, place, needsKept = false } = FORGERIES[kind];
      await forge(world);
      if (needsKept) {
        await rm(join(world.folder, `${world.head.size}.checkpoint`));
        assert.equal(await world.findings(), [], 'nothing here tells');
      }
      const found = await world.findings(needsKept ? world.kept : undefined);
      const expected = place(world);
      const places = found.filter((one) => one.kind === kind);
      assert.ok(
        places.some((one) => Object.entries(expected).every(([name, value]) => one[name as keyof Spot] === value)),
        `${JSON.stringify(expected)} is not among ${JSON.stringify(found)}`,
      );
    });

  test('an event that is no event any more is found, and does not end the verification', async () => {
    const { events, rewrite, findings } = world;
    const nothing = JSON.parse('null') as StoredEvent['data'];
    for (const unreadable of [{ data: nothing }, { data: { text: '\ud800' } }, { metadata: nothing }]) {
      await rewrite(events.map((event, at) => (at === 4 ? { ...event, ...unreadable } : event)));
      // A store may answer it as a changed event, or as none.
      const found = await findings(world.kept);
      assert.ok(found.length > 0, JSON.stringify(unreadable));
    }
  });

  test('a kept head is compared, whatever its file is called', async () => {
    const { head, folder, kept, events, rewrite, streams, findings } = world;
    await rename(join(kept, `${head.size}.checkpoint`), join(kept, 'head of march.txt'));
    try {
      await rewrite(rehash(change(events, 4), streams[1] ?? '', 1));
      await rm(join(folder, `${head.size}.checkpoint`));
      assert.ok((await findings(kept)).some(({ kind }) => kind === 'head_consistency'));
    } finally {
      await rename(join(kept, 'head of march.txt'), join(kept, `${head.size}.checkpoint`));
    }
  });
};

import { randomUUID } from 'node:crypto';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { checkDocuments, checkKeys, createClaims } from '../../src/audit/verification/check-rest.ts';
import { collectFindings } from '../../src/audit/verification/finding.ts';
import { textsOf } from '../../src/event-store/hash-chain.ts';
import type { EventText, StoredEvent } from '../../src/event-store/port.ts';
import { openTestDatabase } from '../support/database.ts';

const test = suite('verification of what the log says about documents, numbers and keys');

const stored = (type: string, stream: string, more: Partial<StoredEvent>): StoredEvent => ({
  id: randomUUID(),
  type,
  stream,
  revision: 0n,
  position: 1n,
  data: {},
  metadata: {},
  ...more,
});
const unread = (event: StoredEvent): EventText => {
  const [text] = textsOf({ events: [event], position: 1n, caughtUp: true }).events;
  if (text === undefined) throw new Error('an event has a text');
  return text;
};
const rendered = (id: string, sha256: string): StoredEvent =>
  stored('DocumentRendered', `document-${id}`, { data: { sha256 } });

test('the bytes of a document must be those that were made, and be there', async () => {
  const findings = collectFindings();
  const claims = createClaims();
  for (const [id, sha256] of [
    ['right', 'aa'],
    ['changed', 'bb'],
    ['gone', 'cc'],
  ] as const)
    claims.note(unread(rendered(id, sha256)), 0, findings);
  claims.note(unread(stored('DocumentRedacted', 'document-right', { data: { sha256: 'dd' } })), 0, findings);
  const kept: Readonly<Record<string, string>> = { right: 'dd', changed: 'xx' };
  await checkDocuments(claims.documents, (id) => Promise.resolve(kept[id]), findings);
  assert.equal(
    findings.list().map(({ kind, stream }) => [kind, stream]),
    [
      ['document_bytes', 'document-changed'],
      ['document_missing', 'document-gone'],
    ],
  );
});

test('numbers of a series have no gap', () => {
  const findings = collectFindings();
  const claims = createClaims();
  const numbered = (number: string, revision: bigint): void =>
    claims.note(
      unread(stored('DocumentNumbered', 'invoices-2026', { revision, data: { document_id: randomUUID(), number } })),
      0,
      findings,
    );
  numbered('INV-2026-000001', 0n);
  numbered('INV-2026-000003', 1n);
  assert.equal(
    findings.list().map(({ kind, stream, revision }) => [kind, stream, revision]),
    [['number_gap', 'invoices-2026', 1]],
  );
});

test('a key that sealed something must have its row, erased as the log says, or such as the master key opens', async () => {
  const database = await openTestDatabase();
  try {
    const findings = collectFindings();
    const claims = createClaims();
    const [live, erased, unsaid, old, changed, gone] = [
      randomUUID(),
      randomUUID(),
      randomUUID(),
      randomUUID(),
      randomUUID(),
      randomUUID(),
    ];
    await database.db('data_keys').insert([
      { id: live, subject: 'c-1', wrapped: Buffer.alloc(40) },
      { id: erased, subject: 'c-2', wrapped: null, erased_at: new Date() },
      { id: unsaid, subject: 'c-4', wrapped: null, erased_at: new Date() },
      { id: changed, subject: 'c-3', wrapped: Buffer.alloc(40) },
    ]);
    await database
      .db('data_keys')
      .insert([{ id: old, subject: 'books-c-2-2010', books_year: 2010, wrapped: null, erased_at: new Date() }]);
    for (const key of [live, erased, unsaid, old, changed])
      claims.note(unread(stored('OrderPlaced', 'order-1', { data: { personal: { key, sealed: '' } } })), 0, findings);
    claims.note(
      unread(stored('OrderPlaced', 'order-1', { metadata: { personal: { key: gone, sealed: '' } } })),
      0,
      findings,
    );
    const readErased = () =>
      Promise.resolve({ keys: new Set([erased]), years: new Set([2010]), restricted: new Set<string>() });
    await checkKeys({ db: database.db, canOpen: (id) => id === live, readErased }, claims.keys, findings);
    const found = findings.list().map(({ kind, detail }) => `${kind}: ${detail}`);
    assert.equal(found, [
      `key_destroyed: the key ${unsaid} that sealed personal data was destroyed, and the log does not say so`,
      `key_missing: the key ${changed} that sealed personal data was changed: the master key does not open it`,
      `key_missing: the key ${gone} that sealed personal data is gone`,
    ]);
  } finally {
    await database.close();
  }
});

test.run();

import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { noticesAfter, noticesOf, openSeriesWatch, type SeriesReader } from '../../src/imports/index.ts';
import { readLastNumber, createDrawNumber, openNumberClaims } from '../../src/numbers/index.ts';
import { openTestDatabase } from '../support/database.ts';

const test = suite('numbers of a file in the series of this shop');

const PREFIXES = { order: 'ORD', return: 'RET', payment: 'PAY', invoice: 'INV', credit_memo: 'CRM' };

/** A shop of 2026 that has drawn three of everything. */
const reader: SeriesReader = {
  prefixes: PREFIXES,
  year: 2026,
  last: (_, year) => Promise.resolve(year === 2026 ? 3 : 0),
  lastDocument: (series) => Promise.resolve(series === 'invoices' ? 3 : 0),
};

const notices = (...numbers: readonly Parameters<ReturnType<typeof openSeriesWatch>['see']>[0][]) => {
  const watch = openSeriesWatch(PREFIXES);
  numbers.forEach(watch.see);
  return noticesOf(watch.seen(), reader);
};

test('a history with numbers above those of this shop: the series continues above them', async () => {
  assert.equal(
    await notices(
      { kind: 'order', number: 'ORD-2026-000812' },
      { kind: 'order', number: 'ORD-2026-000007' },
      { kind: 'payment', number: 'OTHER-2025-000040' },
    ),
    [
      {
        kind: 'payment',
        year: 2025,
        effect: 'continues',
        imported: 'OTHER-2025-000040',
        current: null,
        next: 'PAY-2025-000041',
      },
      {
        kind: 'order',
        year: 2026,
        effect: 'continues',
        imported: 'ORD-2026-000812',
        current: 'ORD-2026-000003',
        next: 'ORD-2026-000813',
      },
    ],
  );
});

test('numbers that this shop is past are no news: the check compares each of them', async () => {
  assert.equal(
    await notices({ kind: 'order', number: 'ORD-2026-000003' }, { kind: 'document', number: 'INV-2026-000002' }),
    [],
  );
});

test('documents of another shop do not move a gapless series, which would come to their numbers', async () => {
  const [one, ...others] = await notices(
    { kind: 'document', number: 'INV-2026-000812' },
    { kind: 'document', number: 'INV-2025-000900' },
    { kind: 'document', number: 'OLD-2026-000900' },
  );
  assert.equal([one?.kind, one?.effect, one?.next, others], ['invoice', 'repeats', 'INV-2026-000004', []]);
});

test('order numbers of another system that look like ours are told, others are not', async () => {
  const found = await notices(
    { kind: 'external', number: '#1001' },
    { kind: 'external', number: '2026-000812' },
    { kind: 'external', number: 'ORD-2026-000002' },
    { kind: 'external', number: 'ORD-X-2026-000900' },
  );
  assert.equal(
    found.map(({ effect, imported, next }) => [effect, imported, next]),
    [['repeats', 'ORD-2026-000002', 'ORD-2026-000004']],
  );
});

test('what is said to be drawn next is drawn next', async () => {
  const { db, close } = await openTestDatabase();
  try {
    const id = (n: number): string => `0195513c-6c00-7000-8000-00000000000${n}`;
    const real = {
      ...reader,
      last: (kind: 'order' | 'return' | 'payment', year: number) => readLastNumber(db, kind, year),
    };
    const draw = createDrawNumber(db);
    const order = (n: number) => draw({ kind: 'order', year: 2026, prefix: 'ORD', id: id(n) });
    assert.is(await order(1), 'ORD-2026-000001');
    const watch = openSeriesWatch(PREFIXES);
    watch.see({ kind: 'order', number: 'ORD-2026-000050' });
    const before = await noticesOf(watch.seen(), real);
    await openNumberClaims(db).claim([{ kind: 'order', number: 'ORD-2026-000050', id: id(2) }]);
    const after = await noticesAfter(before, real);
    assert.equal(
      [...before, ...after].map(({ next }) => next),
      ['ORD-2026-000051', 'ORD-2026-000051'],
    );
    assert.is(await order(3), 'ORD-2026-000051');
  } finally {
    await close();
  }
});

test.run();

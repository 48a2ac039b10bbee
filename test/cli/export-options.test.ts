import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { exportOptions } from '../../src/cli/export-options.ts';
import { UsageError } from '../../src/cli/usage-error.ts';

const BERLIN = 'Europe/Berlin';

const wanted = (words: string, timeZone = BERLIN) =>
  exportOptions([...words.split(' '), '--out', 'x'], timeZone).wanted;

test('the days of a table are days of the shop', () => {
  assert.equal(wanted('payments --from 2026-03-29 --to 2026-03-29'), {
    kind: 'table',
    name: 'payments',
    filters: { from: '2026-03-28T23:00:00.000Z', to: '2026-03-29T21:59:59.999Z', status: undefined }, // 23 hours
  });
  assert.equal(wanted('payments --from 2026-03-29 --status completed', 'UTC'), {
    kind: 'table',
    name: 'payments',
    filters: { from: '2026-03-29T00:00:00.000Z', to: undefined, status: ['completed'] },
  });
});

test('a report takes what it takes over HTTP', () => {
  const asked = wanted('analytics/sales --from 2026-01-01 --to 2026-03-31 --interval month --group-by product');
  assert.is(asked.kind === 'report' && asked.name, 'sales');
  assert.match(JSON.stringify(asked), /"start_date":"2026-01-01","end_date":"2026-03-31"/);
  assert.match(JSON.stringify(asked), /"interval":"month","group_by":"product"/);
  assert.is(wanted('analytics/returns').kind, 'report');
  assert.is(wanted('returns').kind, 'table');
  assert.equal(wanted('analytics/revenue'), wanted('analytics/sales'));
});

test('an option that does not fit is named', () => {
  const says = (words: string, message: string): void =>
    assert.throws(
      () => wanted(words),
      (error: unknown) => error instanceof UsageError && error.message.includes(message),
    );
  says('order', 'The table or report "order" is not known. Did you mean orders?');
  says('orders --format xml', '--format is "xml"; expected one of csv, json, ndjson');
  says('orders --decimal ;', '--decimal is ";"; expected one of ., ,');
  says('orders returns', '"returns" is one word too many.');
  says('orders --bogus', 'The option "--bogus" is not known. Expected one of --format, ');
  says('analytics/nothing', 'The table or report "analytics/nothing" is not known. Expected one of orders, ');
  says('analytics/customers --currency EUR', '--currency: analytics/customers has no use for it');
  says('analytics/sales --interval year', 'expected one of day, week, month');
  says('analytics/sales --from 2026-02-30', '--from is "2026-02-30"; expected a day');
  says('analytics/top-customers --limit 0', 'expected a number from 1 to 1000');
  says('analytics/sales --status placed', '--status: reports count every status');
  says('payments --interval day', '--interval: only for reports');
  says('events --status placed', 'events have no status');
  says('orders --status nonsense', '--status is "nonsense"; expected one of scheduled, pending, ');
  says('orders --from 2026-03-02 --to 2026-03-01', '--from is 2026-03-02, which is after --to, 2026-03-01');
  says('history --from 2026-01-01', 'exported as a whole');
});

test.run();

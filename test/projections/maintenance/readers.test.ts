// time limit: 120 s
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { projections } from '../../../src/projections/registry.ts';
import { anOrder, startTestApi, type TestApi } from '../../support/api.ts';
import { programArgs } from '../../support/compiled.ts';

const test = suite('readers of a read model that is rebuilt');
let api: TestApi;
test.before(async () => {
  api = await startTestApi();
});
test.after(() => api.close());

const startRebuild = (): ChildProcess =>
  spawn(process.execPath, programArgs(new URL('./rebuild-process.ts', import.meta.url)), {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    env: { ...process.env, DATABASE_URL: api.database.url, MASTER_KEY: api.masterKey.toString('base64') },
  });

const epochs = async (): Promise<readonly number[]> => {
  const rows = await api.core
    .db<{ name: string; epoch: string }>('projection_checkpoints')
    .whereIn(
      'name',
      projections.map(({ name }) => name),
    )
    .orderBy('name');
  return rows.map(({ epoch }) => Number(epoch));
};

test('every list stays complete, current and answered while all are rebuilt twice and the process is killed once', async () => {
  let placed = 0;
  const place = async (): Promise<string> => {
    const { status, headers } = await api.call('/orders', { json: anOrder(), unchecked: true });
    assert.is(status, 201);
    placed += 1;
    return headers.get('X-Event-Position') ?? '';
  };
  for (let n = 0; n < 30; n++) await place();

  const seen = { isOver: false, reads: 0, total: 0, slowest: 0 };
  const read = async (): Promise<void> => {
    while (!seen.isOver) {
      const expected = placed + 1;
      const position = await place();
      const begun = performance.now();
      const { status, headers, text } = await api.call('/orders?limit=1&count=exact', {
        headers: { 'X-Min-Position': position },
        unchecked: true,
      });
      seen.slowest = Math.max(seen.slowest, performance.now() - begun);
      assert.is(status, 200, text);
      const total = Number(headers.get('X-Total-Count'));
      assert.ok(total >= expected, `${total} of ${expected} orders were there`);
      assert.ok(total >= seen.total, `a list went back from ${seen.total} to ${total}`);
      [seen.total, seen.reads] = [total, seen.reads + 1];
    }
  };
  const before = await epochs();
  const reading = read();
  reading.catch(() => undefined); // awaited below
  try {
    const killed = startRebuild();
    for (let pages = 0; pages < 5; pages++) await once(killed, 'message');
    killed.kill('SIGKILL');
    await once(killed, 'exit');
    for (let time = 0; time < 2; time++) {
      const [code] = (await once(startRebuild(), 'exit')) as [number | null];
      assert.is(code, 0);
    }
  } finally {
    seen.isOver = true;
    await reading;
  }
  const rebuilt = (await epochs()).map((epoch, n) => epoch - (before[n] ?? 0));
  assert.ok(
    rebuilt.every((times) => times >= 2),
    `rebuilt ${rebuilt.join()} times`,
  );
  assert.ok(seen.reads > 20, `${seen.reads} reads`);
  assert.ok(seen.slowest < 5_000, `a reader waited ${seen.slowest} ms`);
});

test.run();

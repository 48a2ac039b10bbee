import { readdir, readFile } from 'node:fs/promises';
import type { Knex } from 'knex';
import { Type } from '@sinclair/typebox';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { enqueueJobs } from '../../../src/jobs/queue.ts';
import { bindTasks, defineTask } from '../../../src/jobs/task.ts';
import { defineProcess, perEvent } from '../../../src/processes/engine/process.ts';
import { declarations } from '../../../src/processes/registry.ts';
import { issueInvoice } from '../../../src/processes/invoicing.ts';

const test = suite('declarations of processes');

/** Never called: `npm run check:types` fails when one of these lines begins to compile. */
export const mistakes = (db: Knex): void => {
  // @ts-expect-error -- no worker runs this task
  void enqueueJobs(db, [{ task: 'brew-tea', payload: {}, key: 'brew-tea' }]);
  // @ts-expect-error -- the payload of this task is { order_id }
  void enqueueJobs(db, [{ task: 'issue-invoice', payload: { id: 'o-1' }, key: 'issue-invoice:o-1' }]);
  // @ts-expect-error -- the same, made by the declaration
  issueInvoice.job({ id: 'o-1' });
  const unlisted = defineTask({ name: 'unlisted', payload: Type.Object({}), run: () => Promise.resolve() });
  // @ts-expect-error -- declared, but not in the registry
  void enqueueJobs(db, [unlisted.job({})]);
  // @ts-expect-error -- no event is called so
  defineProcess({ name: 'late', on: { order: ['OrderEaten'] }, key: perEvent, run: () => Promise.resolve() });
  // @ts-expect-error -- an event of payments is not recorded in the stream of an order
  defineProcess({ name: 'lost', on: { order: ['PaymentCompleted'] }, key: perEvent, run: () => Promise.resolve() });
  // @ts-expect-error -- what its tasks need is not there
  bindTasks(declarations, {});
};

test('no two tasks have the same name', () => {
  const names = declarations.map(({ name }) => name);
  assert.is(new Set(names).size, names.length);
  assert.ok(names.length > 20);
});

const sources = new URL('../../../src/', import.meta.url);
const DECLARING = /\bdefine(?:Thing)?(?:Process|Task)\(\{\s*name: (\S+),/g;

test('every task and process that a file declares is in the registry', async () => {
  const listed: readonly string[] = declarations.map(({ name }) => name);
  let declared = 0;
  for (const file of (await readdir(sources, { recursive: true })).filter((name) => name.endsWith('.ts'))) {
    const source = await readFile(new URL(file, sources), 'utf8');
    for (const [, name = ''] of source.matchAll(DECLARING)) {
      declared += 1;
      // A name that is a constant is found by the number alone.
      if (name.startsWith("'")) assert.ok(listed.includes(name.slice(1, -1)), `${file}: ${name} is not in registry.ts`);
    }
  }
  assert.is(declared, listed.length);
});

test.run();

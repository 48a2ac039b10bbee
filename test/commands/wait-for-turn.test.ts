import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { TooMuchContention } from '../../src/commands/handle.ts';
import { createWaitForTurn } from '../../src/commands/wait-for-turn.ts';

const test = suite('waiting for a turn on a stream');

test('requests for one stream go one after the other, those for another do not wait', async () => {
  const wait = createWaitForTurn();
  let [running, most] = [0, 0];
  const work = async (): Promise<void> => {
    running += 1;
    most = Math.max(most, running);
    await new Promise((resolve) => setTimeout(resolve, 1));
    running -= 1;
  };
  await Promise.all(Array.from({ length: 20 }, () => wait('order-1', work)));
  assert.is(most, 1);
  await wait('order-1', () => wait('order-2', work));
});

test('a race lost to another process is tried again, and a failure delays no other caller', async () => {
  const wait = createWaitForTurn();
  let tries = 0;
  const lost = wait('order-1', () => {
    tries += 1;
    return tries < 3 ? Promise.reject(new TooMuchContention('lost')) : Promise.resolve('done');
  });
  const failing = wait('order-1', () => Promise.reject(new Error('broken')));
  const next = wait('order-1', () => Promise.resolve('next'));
  assert.instance(await failing.catch((error: unknown) => error), Error);
  assert.equal([await lost, await next, tries], ['done', 'next', 3]);
});

test('a turn that does not come in time is given up', async () => {
  const wait = createWaitForTurn(5);
  const long = wait('order-1', () => new Promise((resolve) => setTimeout(resolve, 30)));
  const late = await wait('order-1', () => Promise.resolve()).catch((error: unknown) => error);
  assert.instance(late, TooMuchContention);
  await long;
});

test.run();

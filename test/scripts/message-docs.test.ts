import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { readMessageDocs, renderMessageDocs } from '../../scripts/message-docs.ts';

const test = suite('docs/messages.md');

test('says what is told when, as the code does; `npm run docs` makes it so', async () => {
  assert.is(await readMessageDocs(), await renderMessageDocs());
});

test.run();

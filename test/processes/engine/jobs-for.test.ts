import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { DomainEvent } from '../../../src/domain/events.ts';
import { createCodec } from '../../../src/event-store/codec.ts';
import { isImported } from '../../../src/event-store/recorded.ts';
import { createJobsFor } from '../../../src/processes/engine/jobs-for.ts';
import { declarations } from '../../../src/processes/registry.ts';
import type { Process } from '../../../src/processes/engine/process.ts';
import { isWanted } from '../../../src/webhooks/deliver-new.ts';
import { memoryDataKeys } from '../../support/memory-data-keys.ts';

const test = suite('imported history leads to nothing');

const shipped: DomainEvent = {
  type: 'OrderShipped',
  data: {
    shipment_id: '0190d2a4-7c3e-7d11-9b8e-1f2a3b4c5d6e',
    carrier: null,
    tracking_number: null,
    invoice: { amount: 100 },
  },
};
const stream = 'order-0190c5f0-0000-7000-8000-000000000001';
const codec = createCodec(memoryDataKeys());

const stored = async (imported: boolean) => {
  const encoded = await codec.encode({
    stream,
    events: [shipped],
    context: {
      command_id: 'c',
      actor: { id: 'waybill', role: 'system' },
      correlation_id: 'c',
      causation_id: 'c',
      at: '2024-03-01T12:00:00.000Z',
      imported,
    },
    revision: 0n,
    previousHash: null,
    customerId: 'c-1',
  });
  return encoded.map((event, index) => ({
    ...event.stored,
    stream,
    revision: BigInt(index),
    position: BigInt(index + 1),
  }));
};

const processes: readonly Process[] = declarations.flatMap((one) => ('react' in one ? [one] : []));

test('an event that is imported says so, and says when it happened', async () => {
  const [first] = await codec.decode(await stored(true));
  assert.is(first?.metadata.imported, true);
  assert.is(first?.fact.at, '2024-03-01T12:00:00.000Z');
  const [own] = await stored(false);
  assert.not.ok(own !== undefined && isImported(own));
});

test('no process asks for a job, where the same events as our own lead to several', async () => {
  const jobsFor = createJobsFor(processes, codec);
  assert.equal(await jobsFor(await stored(true)), []);
  assert.ok((await jobsFor(await stored(false))).some(({ task }) => task === 'issue-invoice'));
});

test('no webhook endpoint is sent it, whatever it subscribes to', async () => {
  const lease = { types: ['*'] };
  for (const event of await stored(true)) assert.not.ok(isWanted(lease, event));
  for (const event of await stored(false)) assert.ok(isWanted(lease, event));
});

test.run();

import * as assert from 'uvu/assert';
import { documentIdOf } from '../../../src/commands/documents.ts';
import { wasRejected } from '../../../src/commands/handle.ts';
import {
  isPlaced,
  NO_ORDER,
  orderFold,
  reconcile,
  type OrderEvent,
  type OrderState,
} from '../../../src/domain/order/index.ts';
import type { Fact } from '../../../src/domain/shared/decider.ts';
import { eventId } from '../../../src/event-store/codec.ts';
import { verifyChain } from '../../../src/event-store/hash-chain.ts';
import type { StoredEvent } from '../../../src/event-store/port.ts';
import { orderStream, streamId } from '../../../src/event-store/stream-names.ts';
import { changesOf, type Entries, foldEvents, openEvents } from '../../../src/projections/engine/fold.ts';
import { assertUnits } from '../../support/goods.ts';
import { accepted, type Acknowledged } from './client.ts';
import { answersAreTrue } from './true-answers.ts';
import { createTable } from './tables.ts';
import { codec, type World } from './world.ts';

type Log = ReadonlyMap<string, readonly StoredEvent[]>;

const SHIPPING = new Set(['OrderShipped', 'ItemsShipped', 'OrderOutForDelivery']);
const streamsOf = (log: Log, prefix: string) => [...log].filter(([name]) => name.startsWith(prefix));
const isUnique = (values: readonly unknown[]): boolean => new Set(values).size === values.length;

export const readLog = async ({ store }: World): Promise<Log> => {
  const { events } = await store.readAll({ after: 0n, limit: Number.MAX_SAFE_INTEGER, prefixes: [''] });
  const log = new Map<string, StoredEvent[]>();
  for (const event of events) log.set(event.stream, [...(log.get(event.stream) ?? []), event]);
  return log;
};

/** What was answered has happened, once, where it was said to have happened; and nothing else has. */
const nothingWasLost = (log: Log, answers: readonly Acknowledged[]): void => {
  const ids = [...log.values()].flat().map(({ id }) => id);
  assert.ok(isUnique(ids), 'an event is there twice');
  const known = new Set<string>();
  for (const answer of answers) {
    if (wasRejected(answer.outcome)) continue;
    const stream = orderStream(answer.outcome.id);
    for (const [index, { revision }] of accepted(answer).entries()) {
      const stored = log.get(stream)?.[Number(revision)];
      const id = eventId(answer.commandId, stream, index);
      assert.is(stored?.id, id, `${stream} lost what was acknowledged`);
      known.add(id);
    }
  }
  const ofOrders = streamsOf(log, 'order-').flatMap(([, events]) => events.map(({ id }) => id));
  assert.is(known.size, ofOrders.length, 'orders hold events of no request');
  const numbers = streamsOf(log, 'order-').map(([, [first]]) => first?.data['order_number']);
  assert.ok(isUnique(numbers), 'an order number was given twice');
};

const invoicesAreRight = (log: Log, { files }: World): void => {
  const shipped = streamsOf(log, 'order-').filter(([, events]) => events.some(({ type }) => SHIPPING.has(type)));
  const documents = streamsOf(log, 'document-');
  const expected = shipped.map(([name]) => documentIdOf('invoice', streamId(name)));
  assert.equal(
    documents.map(([name]) => streamId(name)).toSorted(),
    expected.toSorted(),
    'one invoice a shipped order',
  );

  const given = new Map<unknown, unknown>();
  for (const [series, events] of streamsOf(log, 'invoices-'))
    for (const [index, { data }] of events.entries()) {
      const n = String(index + 1).padStart(6, '0');
      assert.is(data['number'], `INV-${streamId(series)}-${n}`, 'numbers have no gap');
      assert.not.ok(given.has(data['document_id']), 'a document has two numbers');
      given.set(data['document_id'], data['number']);
    }
  assert.is(given.size, documents.length, 'a number for each document');

  for (const [name, events] of documents) {
    assert.equal(
      events.map(({ type }) => type),
      ['DocumentRequested', 'DocumentRendered'],
    );
    const rendered = events[1]?.data;
    assert.is(rendered?.['number'], given.get(streamId(name)), 'the printed number is the one given');
    assert.is(rendered?.['sha256'], files.get(streamId(name))?.sha256, 'the kept bytes are the recorded ones');
  }
};

/** Every unit of every order is in one place, however its commands were torn apart. */
const unitsAreRight = async (log: Log): Promise<number> => {
  let parcels = 0;
  for (const [, events] of streamsOf(log, 'order-')) {
    const state = (await codec.decode(events)).reduce<OrderState>(
      (folded, { fact }) => orderFold.evolve(folded, fact as Fact<OrderEvent>), // order streams hold nothing else
      NO_ORDER,
    );
    assert.ok(isPlaced(state));
    assertUnits(state);
    assert.ok(reconcile(state).agrees, 'documents agree with money');
    parcels += state.shipments.length;
  }
  return parcels;
};

/** Whatever was read in whichever pieces, the rows are what one fold of the whole log gives. */
const readModelsAreRight = async ({ store, tables }: World): Promise<void> => {
  for (const [projection, table] of tables) {
    const { prefixes } = projection;
    const { events, position } = await store.readAll({ after: 0n, limit: Number.MAX_SAFE_INTEGER, prefixes });
    const entries: Entries = new Map();
    foldEvents(projection, entries, { events: await openEvents(projection, codec, events) });
    const whole = createTable(projection);
    whole.commit(0n, position, changesOf(projection, entries));
    const sorted = (one: ReadonlyMap<string, unknown>) => [...one].toSorted(([a], [b]) => (a < b ? -1 : 1));
    assert.equal(sorted(table.rows()), sorted(whole.rows()), `rows of ${projection.name}`);
    assert.equal(sorted(table.counters()), sorted(whole.counters()), `counters of ${projection.name}`);
  }
};

/** All that must hold once everything has come to rest. Returns how many parcels left. */
export const checkInvariants = async (world: World, answers: readonly Acknowledged[]): Promise<number> => {
  const log = await readLog(world);
  nothingWasLost(log, answers);
  await answersAreTrue(log, answers);
  invoicesAreRight(log, world);
  await readModelsAreRight(world);
  for (const events of log.values()) assert.is(verifyChain(events), undefined);
  return unitsAreRight(log);
};

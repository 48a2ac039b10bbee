import { createDocumentCommands, type DocumentCommands } from '../../../src/commands/documents.ts';
import { createHandle } from '../../../src/commands/handle.ts';
import { createLoadPast } from '../../../src/commands/past.ts';
import { createOrderCommands, orderIds, type OrderCommands } from '../../../src/commands/orders.ts';
import { createReadStream, type ReadStream } from '../../../src/commands/read.ts';
import { createOrderDecider, DEFAULT_ORDER_SETTINGS } from '../../../src/domain/order/index.ts';
import { createCodec, type Codec } from '../../../src/event-store/codec.ts';
import { openMemoryEventStore } from '../../../src/event-store/memory.ts';
import type { EventStore, Position } from '../../../src/event-store/port.ts';
import type { DocumentFile, DocumentFiles } from '../../../src/documents/document-files.ts';
import { projections } from '../../../src/projections/registry.ts';
import { memoryDataKeys } from '../../support/memory-data-keys.ts';
import { memorySnapshots } from '../../support/memory-snapshots.ts';
import { mortalStore, type Step } from './life.ts';
import { createQueue } from './queue.ts';
import { createTable } from './tables.ts';

/** Everything that outlives a process. */
export const createWorld = ({ isFenced = true } = {}) => ({
  store: openMemoryEventStore(),
  snapshots: memorySnapshots(),
  /** The number drawn for an id. */
  numbers: new Map<string, string>(),
  files: new Map<string, DocumentFile>(),
  queue: createQueue(),
  follower: { position: 0n as Position },
  tables: new Map(projections.map((projection) => [projection, createTable(projection, { isFenced })])),
});
export type World = ReturnType<typeof createWorld>;

/** Keys outlive every process, and its schemas take long to compile: one for all. */
export const codec: Codec = createCodec(memoryDataKeys());

/** Pure, so that processes that remember nothing may share it. */
const decider = createOrderDecider(DEFAULT_ORDER_SETTINGS, orderIds);

/** What a process works with. */
export type Process = {
  readonly step: Step;
  readonly store: EventStore;
  readonly readStream: ReadStream;
  readonly orders: OrderCommands;
  readonly documents: DocumentCommands;
  readonly files: DocumentFiles;
};

const draw = (numbers: World['numbers'], id: string): string => {
  const known = numbers.get(id) ?? `ORD-2026-${String(numbers.size + 1).padStart(6, '0')}`;
  numbers.set(id, known);
  return known;
};

const keep = (files: World['files'], id: string, file: DocumentFile): DocumentFile => {
  const kept = files.get(id) ?? file;
  files.set(id, kept);
  return kept;
};

/** The write side, in a process that remembers nothing of an earlier one. */
export const startProcess = ({ store: lasting, snapshots, numbers, files }: World, step: Step): Process => {
  const store = mortalStore(lasting, step);
  // Most streams count as long, so that snapshots are taken, and begun from, all the time.
  const loading = { store, codec, loadPast: createLoadPast({ store, codec, snapshots, short: 2 }) };
  const handle = createHandle(loading);
  const readStream = createReadStream(loading);
  return {
    step,
    store,
    readStream,
    orders: createOrderCommands({
      handle,
      handleOrder: (request) => handle(decider, request),
      decider,
      drawNumber: (_kind, _at, id) => step(() => draw(numbers, id)),
      taxRate: '0.1',
      shippingFee: () => 500,
    }),
    documents: createDocumentCommands({
      handle,
      store,
      readStream,
      prefixes: { invoice: 'INV', credit_memo: 'CRM' },
      businessYear: (at) => Number(at.slice(0, 4)),
    }),
    files: {
      find: (id) => step(() => files.get(id)),
      keysOf: () => Promise.resolve(new Map()),
      keep: (id, file) => step(() => keep(files, id, file)),
    },
  };
};

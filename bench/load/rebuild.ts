/** A rebuild of the order list in a process that does nothing else, so that its memory is the rebuild's. */
import { createCodec } from '../../src/event-store/codec.ts';
import { openPostgresEventStore } from '../../src/event-store/postgres/index.ts';
import { openDataKeys } from '../../src/platform/data-keys.ts';
import { openDatabase } from '../../src/platform/database.ts';
import { rebuildProjection } from '../../src/projections/engine/index.ts';
import { orderList } from '../../src/projections/orders/index.ts';
import { answerLoad } from '../support/load.ts';

export type RebuildLoad = { readonly url: string; /** Base64. */ readonly masterKey: string };
export type RebuildFigures = {
  readonly perSecond: number;
  /** Most memory the process held, MB. */
  readonly peakMegabytes: number;
};

answerLoad(async ({ url, masterKey }: RebuildLoad): Promise<RebuildFigures> => {
  const [db, store] = [openDatabase({ url }), openPostgresEventStore({ url })];
  const codec = createCodec(openDataKeys({ db, masterKey: Buffer.from(masterKey, 'base64') }));
  let peak = 0;
  const look = setInterval(() => (peak = Math.max(peak, process.memoryUsage.rss())), 20);
  const start = performance.now();
  const { events } = await rebuildProjection(orderList, { db, store, codec });
  const perSecond = (events * 1_000) / (performance.now() - start);
  clearInterval(look);
  await store.close();
  await db.destroy();
  return { perSecond, peakMegabytes: Math.round(peak / 2 ** 20) };
});

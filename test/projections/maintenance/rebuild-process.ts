/** Rebuilds every read model in a process of its own: `DATABASE_URL` says where, `MASTER_KEY` how personal data is opened. */
import { createCodec } from '../../../src/event-store/codec.ts';
import { openPostgresEventStore } from '../../../src/event-store/postgres/index.ts';
import { openDataKeys } from '../../../src/platform/data-keys.ts';
import { openDatabase } from '../../../src/platform/database.ts';
import { rebuildProjection, RebuildInProgress } from '../../../src/projections/engine/index.ts';
import { projections } from '../../../src/projections/registry.ts';

const { DATABASE_URL: url = '', MASTER_KEY: masterKey = '' } = process.env;
const db = openDatabase({ url });
const store = openPostgresEventStore({ url });
const codec = createCodec(openDataKeys({ db, masterKey: Buffer.from(masterKey, 'base64') }));
process.on('disconnect', () => process.exit());

/** The lock of a process that was killed is free a moment later. */
const rebuild = async (projection: (typeof projections)[number]): Promise<void> => {
  const small = { pageSize: 50, cachedRows: 10 };
  for (;;)
    try {
      await rebuildProjection(projection, { db, store, codec, ...small, onProgress: () => process.send?.('progress') });
      return;
    } catch (error) {
      if (!(error instanceof RebuildInProgress)) throw error;
    }
};
for (const projection of projections) await rebuild(projection);
await store.close();
await db.destroy();
process.disconnect();

/** A projector in a process of its own: `DATABASE_URL` says where, `MASTER_KEY` how personal data is opened. */
import { createCodec } from '../../../src/event-store/codec.ts';
import { openPostgresEventStore } from '../../../src/event-store/postgres/index.ts';
import { openDataKeys } from '../../../src/platform/data-keys.ts';
import { openDatabase } from '../../../src/platform/database.ts';
import { startProjectors } from '../../../src/projections/engine/index.ts';
import { projections } from '../../../src/projections/registry.ts';

const { DATABASE_URL: url = '', MASTER_KEY: masterKey = '' } = process.env;
const db = openDatabase({ url });
const ignore = (): void => undefined;
process.on('disconnect', () => process.exit());
process.send?.('started');
await startProjectors({
  projections,
  db,
  store: openPostgresEventStore({ url }),
  codec: createCodec(openDataKeys({ db, masterKey: Buffer.from(masterKey, 'base64') })),
  signal: new AbortController().signal,
  log: { info: ignore, warn: ignore, error: ignore },
});

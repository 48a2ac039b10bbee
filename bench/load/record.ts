import { recordLog } from '../../src/audit/index.ts';
import { openPostgresEventStore } from '../../src/event-store/postgres/index.ts';
import { openDatabase } from '../../src/platform/database.ts';
import { sleep } from '../../src/platform/backoff.ts';
import { cpuOf } from '../support/process-tree.ts';
import { answerLoad } from '../support/load.ts';

export type RecordLoad = { readonly url: string; readonly seconds: number };
/** What recording these events cost: CPU of this process, and of its connections to PostgreSQL; milliseconds. */
export type RecordFigures = { readonly events: number; readonly ownMs: number; readonly serverMs: number };

const APPLICATION = 'bench-record';
const ignore = (): void => undefined;

/** The record of the log as the projector keeps it, in a process and on connections of its own: so its cost is seen. */
answerLoad(async ({ url, seconds }: RecordLoad): Promise<RecordFigures> => {
  const db = openDatabase({ url, applicationName: APPLICATION });
  const store = openPostgresEventStore({ url, applicationName: APPLICATION });
  const serverCpu = async (): Promise<number> => {
    const { rows } = await db.raw<{ readonly rows: readonly { readonly pid: number }[] }>(
      'select pid from pg_stat_activity where application_name = ?',
      [APPLICATION],
    );
    const each = await Promise.all(rows.map(({ pid }) => cpuOf(pid)));
    return each.reduce((sum, ms) => sum + ms, 0);
  };
  const sizeNow = async (): Promise<number> =>
    Number((await db<{ size: string }>('log_progress').first('size'))?.size ?? 0);

  const stopping = new AbortController();
  const log = { info: ignore, warn: ignore, error: console.error };
  const recording = recordLog({ db, store, numbering: 'positions', log }, stopping.signal);
  await sleep(500); // connections and plans
  const [size, server, own] = [await sizeNow(), await serverCpu(), process.cpuUsage()];
  await sleep(seconds * 1_000);
  const used = process.cpuUsage(own);
  const figures = {
    events: (await sizeNow()) - size,
    ownMs: (used.user + used.system) / 1_000,
    serverMs: (await serverCpu()) - server,
  };
  stopping.abort();
  await recording;
  await store.close();
  await db.destroy();
  return figures;
});

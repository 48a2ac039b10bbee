import { randomUUID } from 'node:crypto';
import { Pool } from 'pg';
import type { NewEvent } from '../../src/event-store/port.ts';
import { openPostgresEventStore } from '../../src/event-store/postgres/index.ts';
import { newEvent } from '../support/events.ts';
import { answerLoad } from '../support/load.ts';
import { median } from '../support/compare.ts';

export type AppendLoad = {
  readonly url: string;
  readonly through: 'port' | 'insert';
  /** Callers at once, each sending its next append when the last is answered. */
  readonly callers: number;
  readonly seconds: number;
};
export type AppendFigures = { readonly perSecond: number; readonly medianMs: number };

type Write = (stream: string, event: NewEvent) => Promise<unknown>;

const throughPort = (url: string): { readonly write: Write; readonly close: () => Promise<void> } => {
  const store = openPostgresEventStore({ url });
  return { write: (stream, event) => store.append(stream, [event], 'no_stream'), close: () => store.close() };
};

const throughInsert = (url: string, connections: number) => {
  const pool = new Pool({ connectionString: url, max: connections });
  const write: Write = (stream, { id, type, data, metadata }) =>
    pool.query({
      name: 'insert',
      text: 'insert into plain_events (stream, revision, id, type, data, metadata) values ($1, 0, $2, $3, $4, $5)',
      values: [stream, id, type, JSON.stringify(data), JSON.stringify(metadata)],
    });
  return { write, close: () => pool.end() };
};

answerLoad(async ({ url, through, callers, seconds }: AppendLoad): Promise<AppendFigures> => {
  const { write, close } = through === 'port' ? throughPort(url) : throughInsert(url, callers);
  const latencies: number[] = [];
  const call = async (until: number): Promise<void> => {
    while (performance.now() < until) {
      const start = performance.now();
      await write(`order-${randomUUID()}`, newEvent());
      latencies.push(performance.now() - start);
    }
  };
  await Promise.all(Array.from({ length: callers }, () => call(performance.now() + 200))); // connections and plans
  latencies.length = 0;
  const start = performance.now();
  await Promise.all(Array.from({ length: callers }, () => call(start + seconds * 1000)));
  const elapsed = (performance.now() - start) / 1000;
  await close();
  return { perSecond: latencies.length / elapsed, medianMs: median(latencies) };
});

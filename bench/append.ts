import { Client } from 'pg';
import type { Benchmark } from './support/benchmark.ts';
import { compare } from './support/compare.ts';
import { startLoad } from './support/load.ts';
import type { AppendFigures, AppendLoad } from './load/append.ts';

/** The same columns and indexes, numbered by a sequence, without any promise. */
const PLAIN_TABLE = `
  create table plain_events (like events including all);
  create sequence plain_position;
  alter table plain_events alter column position set default nextval('plain_position')`;

/** Appending through the port against plain single-row inserts on the same server. */
export const append: Benchmark = async ({ url, short, tiny = false }) => {
  const client = new Client({ connectionString: url });
  await client.connect();
  await client.query(PLAIN_TABLE);
  await client.end();

  const load = startLoad<AppendLoad, AppendFigures>('append');
  const [seconds, rounds] = tiny ? [0.1, 1] : short ? [1, 3] : [4, 5];
  const insert = { url, through: 'insert', seconds } as const;
  const port = { url, through: 'port', seconds } as const;
  try {
    await compare({
      title: 'append, one event each to a new stream',
      unit: '/s',
      rounds,
      baseline: {
        name: 'single-row INSERT, 16 connections',
        measure: async () => (await load.run({ ...insert, callers: 16 })).perSecond,
      },
      candidate: {
        name: 'the port, 64 callers',
        measure: async () => (await load.run({ ...port, callers: 64 })).perSecond,
      },
      goal: 'first ≥ 0.8, goal ≥ 1.6',
    });
    await compare({
      title: 'append, one caller alone, median latency',
      unit: 'ms',
      rounds,
      baseline: {
        name: 'single-row INSERT',
        measure: async () => (await load.run({ ...insert, callers: 1 })).medianMs,
      },
      candidate: { name: 'the port', measure: async () => (await load.run({ ...port, callers: 1 })).medianMs },
      goal: 'first ≤ 1.5, goal ≤ 1.15',
    });
  } finally {
    load.end();
  }
};

import { Type } from '@sinclair/typebox';
import type { Knex } from 'knex';
import type { SchedulingCommands, Tick } from '../commands/index.ts';
import type { OrderSettings } from '../domain/order/index.ts';
import type { Instant } from '../domain/shared/decider.ts';
import { isOutage } from '../event-store/outage.ts';
import { CRON_TASKS, type CronFailure, type CronRuns } from '../jobs/cron-runs.ts';
import { defineTask } from '../jobs/task.ts';
import { scheduledOrders, waitingOrders } from '../projections/orders/index.ts';

type Diary = { readonly runs: CronRuns; readonly now: () => Instant };

type Run = {
  readonly task: string;
  /** The moment of the timetable that this is for; undefined: it was asked for by hand. */
  readonly due: Instant | undefined;
  /** Ids of the orders that may have to be moved at this moment. */
  readonly candidates: (at: Instant) => AsyncIterable<readonly string[]>;
  readonly move: (order_id: string, tick: Tick) => Promise<boolean>;
};

const AT_ONCE = 8;
/** Limit of failures kept with their reasons; all are counted. */
const REPORTED_AT_MOST = 20;

const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/**
 * Moves what is due and writes down how it went. Moments of the timetable that were missed are made up for together, by
 * one run: what was due at any of them is due now. An order that cannot be moved holds up no other; the next run asks
 * it again. An outage ends the run, and with it the job, which is tried again.
 */
const runScheduled = async ({ runs, now }: Diary, { task, due, candidates, move }: Run): Promise<void> => {
  if (due !== undefined && (await runs.hasRunSince(task, due))) return;
  const at = now();
  const id = await runs.begin(task, at);
  const tick = { at, run: `clock-run-${id}` };
  let moved = 0;
  let failed = 0;
  const failures: CronFailure[] = [];

  const moveOne = async (order_id: string): Promise<void> => {
    try {
      if (await move(order_id, tick)) moved += 1;
    } catch (error) {
      if (isOutage(error)) throw error;
      failed += 1;
      if (failures.length < REPORTED_AT_MOST) failures.push({ order_id, reason: reasonOf(error) });
    }
  };

  try {
    for await (const ids of candidates(at))
      for (let first = 0; first < ids.length; first += AT_ONCE)
        await Promise.all(ids.slice(first, first + AT_ONCE).map(moveOne));
  } catch (error) {
    await runs.finish(id, now(), { moved, failed, failures, reason: reasonOf(error) });
    throw error;
  }
  await runs.finish(id, now(), { moved, failed, failures, reason: null });
};

export type SchedulingDeps = Diary & {
  readonly db: Knex;
  readonly scheduling: SchedulingCommands;
  readonly orderSettings: Pick<OrderSettings, 'autoProcess' | 'paymentRequired' | 'scheduleLeadMinutes'>;
};

/** The state in the queue of a job that the timetable requested. */
const fromTimetable = Type.Object({ _cron: Type.Optional(Type.Object({ ts: Type.String() })) });

const later = (at: Instant, minutes: number): Instant => new Date(Date.parse(at) + minutes * 60_000).toISOString();

const [RELEASE, PROCESS] = CRON_TASKS;

/** Orders whose time has come. Which orders to ask is read from the order list; each decides for itself. */
const releaseScheduledOrders = defineTask({
  name: RELEASE,
  payload: fromTimetable,
  run: ({ _cron }, { db, scheduling, orderSettings, ...diary }: SchedulingDeps) =>
    runScheduled(diary, {
      task: RELEASE,
      due: _cron?.ts,
      candidates: (at) => scheduledOrders(db, later(at, orderSettings.scheduleLeadMinutes)),
      move: scheduling.release,
    }),
});

/** Waiting orders that the merchant wants processed by themselves. */
const processWaitingOrders = defineTask({
  name: PROCESS,
  payload: fromTimetable,
  run: ({ _cron }, { db, scheduling, orderSettings, ...diary }: SchedulingDeps) =>
    runScheduled(diary, {
      task: PROCESS,
      due: _cron?.ts,
      candidates: () =>
        waitingOrders(db, { perhapsPaid: orderSettings.autoProcess === 'paid' || orderSettings.paymentRequired }),
      move: scheduling.autoProcess,
    }),
});

/** Processes that are started by time. */
export const scheduling = [releaseScheduledOrders, processWaitingOrders] as const;

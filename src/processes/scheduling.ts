import { Type } from '@sinclair/typebox';
import type { Knex } from 'knex';
import type { SchedulingCommands, Tick } from '../commands/index.ts';
import type { OrderSettings } from '../domain/order/index.ts';
import type { Instant } from '../domain/shared/decider.ts';
import { isOutage } from '../event-store/outage.ts';
import { CRON_TASKS, type CronFailure, type CronRuns, type CronSubject } from '../jobs/cron-runs.ts';
import { defineTask } from '../jobs/task.ts';
import { scheduledOrders, waitingOrders } from '../projections/orders/index.ts';
import { awaitedReturns } from '../projections/returns/index.ts';

type Diary = { readonly runs: CronRuns; readonly now: () => Instant };

type Run<S extends CronSubject> = {
  readonly task: string;
  /** The moment of the timetable that this is for; undefined: it was asked for by hand. */
  readonly due: Instant | undefined;
  /** What may have to be moved at this moment. */
  readonly candidates: (at: Instant) => AsyncIterable<readonly S[]>;
  readonly move: (subject: S, tick: Tick) => Promise<boolean>;
};

const AT_ONCE = 8;
/** Limit of failures kept with their reasons; all are counted. */
const REPORTED_AT_MOST = 20;

const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/**
 * Moves what is due and writes down how it went. Moments of the timetable that were missed are made up for together, by
 * one run: what was due at any of them is due now. One that cannot be moved holds up no other; the next run asks it
 * again. An outage ends the run, and with it the job, which is tried again.
 */
const runScheduled = async <S extends CronSubject>(
  { runs, now }: Diary,
  { task, due, candidates, move }: Run<S>,
): Promise<void> => {
  if (due !== undefined && (await runs.hasRunSince(task, due))) return;
  const at = now();
  const id = await runs.begin(task, at);
  const tick = { at, run: `clock-run-${id}` };
  let moved = 0;
  let failed = 0;
  const failures: CronFailure[] = [];

  const moveOne = async (subject: S): Promise<void> => {
    try {
      if (await move(subject, tick)) moved += 1;
    } catch (error) {
      if (isOutage(error)) throw error;
      failed += 1;
      if (failures.length < REPORTED_AT_MOST) failures.push({ ...subject, reason: reasonOf(error) });
    }
  };

  try {
    for await (const some of candidates(at))
      for (let first = 0; first < some.length; first += AT_ONCE)
        await Promise.all(some.slice(first, first + AT_ONCE).map(moveOne));
  } catch (error) {
    await runs.finish(id, now(), { moved, failed, failures, reason: reasonOf(error) });
    throw error;
  }
  await runs.finish(id, now(), { moved, failed, failures, reason: null });
};

export type SchedulingDeps = Diary & {
  readonly db: Knex;
  readonly scheduling: SchedulingCommands;
  readonly orderSettings: Pick<
    OrderSettings,
    'autoProcess' | 'paymentRequired' | 'scheduleLeadMinutes' | 'returnExpiresDays'
  >;
};

/** The state in the queue of a job that the timetable requested. */
const fromTimetable = Type.Object({ _cron: Type.Optional(Type.Object({ ts: Type.String() })) });

const later = (at: Instant, minutes: number): Instant => new Date(Date.parse(at) + minutes * 60_000).toISOString();

const [RELEASE, PROCESS, EXPIRE] = CRON_TASKS;

async function* ordersOf(batches: AsyncIterable<readonly string[]>): AsyncGenerator<readonly CronSubject[]> {
  for await (const ids of batches) yield ids.map((order_id) => ({ order_id }));
}

/** Orders whose time has come. Which orders to ask is read from the order list; each decides for itself. */
const releaseScheduledOrders = defineTask({
  name: RELEASE,
  payload: fromTimetable,
  run: ({ _cron }, { db, scheduling, orderSettings, ...diary }: SchedulingDeps) =>
    runScheduled(diary, {
      task: RELEASE,
      due: _cron?.ts,
      candidates: (at) => ordersOf(scheduledOrders(db, later(at, orderSettings.scheduleLeadMinutes))),
      move: ({ order_id }, tick) => scheduling.release(order_id, tick),
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
        ordersOf(
          waitingOrders(db, { perhapsPaid: orderSettings.autoProcess === 'paid' || orderSettings.paymentRequired }),
        ),
      move: ({ order_id }, tick) => scheduling.autoProcess(order_id, tick),
    }),
});

const MINUTES_OF_A_DAY = 24 * 60;

/** Returns whose goods have not come in time. */
const expireReturns = defineTask({
  name: EXPIRE,
  payload: fromTimetable,
  run: ({ _cron }, { db, scheduling, orderSettings, ...diary }: SchedulingDeps) =>
    runScheduled(diary, {
      task: EXPIRE,
      due: _cron?.ts,
      candidates: (at) => awaitedReturns(db, later(at, -orderSettings.returnExpiresDays * MINUTES_OF_A_DAY)),
      move: ({ return_id }, tick) => scheduling.expireReturn(return_id, tick),
    }),
});

/** Processes that are started by time. */
export const scheduling = [releaseScheduledOrders, processWaitingOrders, expireReturns] as const;

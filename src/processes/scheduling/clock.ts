import { Type } from '@sinclair/typebox';
import type { Knex } from 'knex';
import type { SchedulingCommands } from '../../commands/scheduling.ts';
import type { OrderSettings } from '../../domain/order/index.ts';
import type { Instant } from '../../domain/shared/decider.ts';
import { CRON_TASKS } from '../../jobs/cron-runs.ts';
import { scheduledOrders, waitingOrders } from '../../projections/orders/index.ts';
import { runScheduled, type Diary } from './run-clock.ts';
import { task, type Task } from '../../jobs/task.ts';

const [RELEASE, PROCESS] = CRON_TASKS;

type Deps = Diary & {
  readonly db: Knex;
  readonly clock: SchedulingCommands;
  readonly policy: Pick<OrderSettings, 'autoProcess' | 'paymentRequired' | 'scheduleLeadMinutes'>;
};

/** What the queue says of a job that the timetable asked for. */
const fromTimetable = Type.Object({ _cron: Type.Optional(Type.Object({ ts: Type.String() })) });

const later = (at: Instant, minutes: number): Instant => new Date(Date.parse(at) + minutes * 60_000).toISOString();

/** What time itself makes happen. Which orders to ask is read from the order list; each decides for itself. */
export const schedulingTasks = ({ db, clock, policy, ...diary }: Deps): readonly Task[] => {
  const { autoProcess, paymentRequired, scheduleLeadMinutes } = policy;
  const perhapsPaid = autoProcess === 'paid' || paymentRequired;
  return [
    task(RELEASE, fromTimetable, ({ _cron }) =>
      runScheduled(diary, {
        task: RELEASE,
        due: _cron?.ts,
        candidates: (at) => scheduledOrders(db, later(at, scheduleLeadMinutes)),
        move: clock.release,
      }),
    ),
    task(PROCESS, fromTimetable, ({ _cron }) =>
      runScheduled(diary, {
        task: PROCESS,
        due: _cron?.ts,
        candidates: () => waitingOrders(db, { perhapsPaid }),
        move: clock.autoProcess,
      }),
    ),
  ];
};

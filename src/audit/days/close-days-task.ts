import { Type } from '@sinclair/typebox';
import { defineTask } from '../../jobs/task.ts';
import type { CloseDays } from './close-days.ts';

/** Closes the business days that are over. A process that comes late closes all that are missing. */
export const closeDaysTask = defineTask({
  name: 'close-days',
  payload: Type.Object({ _cron: Type.Optional(Type.Object({ ts: Type.String() })) }),
  run: (_, { closeDays }: { readonly closeDays: CloseDays }) => closeDays.over(),
});

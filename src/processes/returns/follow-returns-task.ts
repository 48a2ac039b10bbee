import type { ReturnProcess } from '../../commands/return-process.ts';
import { processTask, type ProcessDeps } from '../engine/policy-task.ts';
import type { Task } from '../../jobs/task.ts';

/** What the steps of a return lead to on its order, and the other way round. */
export const followReturnsTasks = (policies: ReturnProcess, deps: ProcessDeps): readonly Task[] => [
  processTask(deps, { name: 'initiate-return', of: ['ReturnOpened'] }, policies.initiate),
  processTask(deps, { name: 'settle-return', of: ['ReturnProcessed'] }, policies.settle),
  processTask(deps, { name: 'close-return', of: ['ReturnRejected', 'ReturnCancelled'] }, policies.close),
  processTask(deps, { name: 'finish-return', of: ['ReturnClosed'] }, policies.finish),
];

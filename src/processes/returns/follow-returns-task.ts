import type { ReturnPolicies } from '../../commands/return-process.ts';
import { policyTask, type PolicyDeps } from '../engine/policy-task.ts';
import type { Task } from '../../jobs/task.ts';

/** What the steps of a return lead to on its order, and the other way round. */
export const followReturnsTasks = (policies: ReturnPolicies, deps: PolicyDeps): readonly Task[] => [
  policyTask(deps, { name: 'initiate-return', of: ['ReturnOpened'] }, policies.initiate),
  policyTask(deps, { name: 'settle-return', of: ['ReturnProcessed'] }, policies.settle),
  policyTask(deps, { name: 'close-return', of: ['ReturnRejected', 'ReturnCancelled'] }, policies.close),
  policyTask(deps, { name: 'finish-return', of: ['ReturnClosed'] }, policies.finish),
];

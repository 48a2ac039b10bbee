import { Type } from '@sinclair/typebox';
import { defineSpecs } from '../server/spec.ts';
import {
  clockRunExample,
  diffExample,
  jobExample,
  projectionDetailExample,
  projectionExample,
  verificationExample,
  verificationStartedExample,
} from './examples.ts';
import {
  clockRunResponse,
  diffResponse,
  jobParams,
  jobResponse,
  listClockRunsQuery,
  listJobsQuery,
  projectionDetailResponse,
  projectionParams,
  projectionResponse,
  rebuildBody,
  repairBody,
  repairResponse,
  verificationResponse,
} from './schemas.ts';

const reading = { methods: ['GET'], tag: 'Admin', permission: { admin: 'any', auditor: 'any' } } as const;
const writing = { methods: ['POST'], tag: 'Admin', permission: { admin: 'any' } } as const;

const detail = { body: projectionDetailResponse, example: projectionDetailExample };

/** What operators look at and can do. */
export const adminSpecs = defineSpecs({
  listProjections: {
    ...reading,
    path: '/admin/projections',
    summary: 'List read models',
    description: 'Shows how far every read model has come.',
    answers: {
      200: { description: 'All read models.', body: Type.Array(projectionResponse), example: [projectionExample] },
    },
  },
  rebuildProjection: {
    ...writing,
    path: '/admin/projections/:name/rebuild',
    summary: 'Rebuild a read model',
    description: 'Starts again from the first event. The read model keeps answering meanwhile.',
    params: projectionParams,
    body: rebuildBody,
    bodyOptional: true,
    example: { swap: true },
    answers: { 202: { description: 'The rebuild has started.', body: projectionResponse, example: projectionExample } },
  },
  getProjection: {
    ...reading,
    path: '/admin/projections/:name',
    summary: 'Get a read model',
    description: 'Shows how far it is, its latest rebuild, what the last swap replaced, and what differs from the log.',
    params: projectionParams,
    answers: { 200: { description: 'The read model.', ...detail } },
  },
  diffProjection: {
    ...reading,
    path: '/admin/projections/:name/diff',
    summary: 'Compare two versions of a read model',
    description:
      'Compares the live rows with the rebuild that waits, or else with the kept rows, at one position of the log. Large read models: use npm run projections.',
    permission: { admin: 'any' },
    params: projectionParams,
    rejects: [409],
    answers: { 200: { description: 'What differs.', body: diffResponse, example: diffExample } },
  },
  swapProjection: {
    ...writing,
    path: '/admin/projections/:name/swap',
    summary: 'Put a rebuild in place',
    description: 'Swaps in a rebuild that was started with swap: false and is ready.',
    params: projectionParams,
    rejects: [409],
    answers: { 202: { description: 'It is being swapped in.', ...detail } },
  },
  rollbackProjection: {
    ...writing,
    path: '/admin/projections/:name/rollback',
    summary: 'Roll a read model back',
    description: 'Puts back what the last swap replaced, once it has caught up with the log. It is kept for 24 hours.',
    params: projectionParams,
    rejects: [409],
    answers: { 202: { description: 'It is being rolled back.', ...detail } },
  },
  cancelRebuild: {
    ...writing,
    path: '/admin/projections/:name/cancel',
    summary: 'Cancel a rebuild',
    description: 'Drops a rebuild that is in progress or waits. The live read model stays as it is.',
    params: projectionParams,
    rejects: [409],
    answers: { 200: { description: 'The rebuild is cancelled.', ...detail } },
  },
  repairProjection: {
    ...writing,
    path: '/admin/projections/:name/repair',
    summary: 'Repair a read model',
    description:
      'Makes one row, or everything that the self-check found, what the log says, and counts what belongs to it again.',
    params: projectionParams,
    body: repairBody,
    bodyOptional: true,
    example: {},
    rejects: [409],
    answers: {
      200: {
        description: 'What was repaired.',
        body: repairResponse,
        example: { rows: ['0195513c-6c00-7000-8000-000000000001'], counters: 3, sums: 0, left: 0 },
      },
    },
  },
  listJobs: {
    ...reading,
    path: '/admin/jobs',
    summary: 'List jobs that are not done',
    description: 'Newest first. A job is deleted once it is done.',
    query: listJobsQuery,
    answers: { 200: { description: 'A page of jobs.', body: Type.Array(jobResponse), example: [jobExample] } },
  },
  getJob: {
    ...reading,
    path: '/admin/jobs/:id',
    summary: 'Get a job',
    description: 'Shows why the job failed and when it is tried next.',
    params: jobParams,
    answers: { 200: { description: 'The job.', body: jobResponse, example: jobExample } },
  },
  retryJob: {
    ...writing,
    path: '/admin/jobs/:id/retry',
    summary: 'Retry a job now',
    params: jobParams,
    answers: { 200: { description: 'The job.', body: jobResponse, example: { ...jobExample, attempts: 0 } } },
  },
  getVerification: {
    ...reading,
    path: '/admin/verification',
    summary: 'Get the last verification of the log',
    description:
      'Shows the verification that is running or has ended last. At most 100 findings are listed; `counts` has them all.',
    answers: {
      200: { description: 'The verification.', body: verificationResponse, example: verificationExample },
    },
  },
  startVerification: {
    ...writing,
    path: '/admin/verification',
    summary: 'Verify the log',
    description:
      'Reads the whole log and compares it with its record and its signed heads. A worker does it. Only one runs at a time: while one is running, no other begins.',
    answers: {
      202: {
        description: 'The verification that is running.',
        body: verificationResponse,
        example: verificationStartedExample,
      },
    },
  },
  listClockRuns: {
    ...reading,
    path: '/admin/clock',
    summary: 'List runs of scheduled tasks',
    description: 'Newest first: the last 1000 runs of each task.',
    query: listClockRunsQuery,
    answers: {
      200: { description: 'A page of runs.', body: Type.Array(clockRunResponse), example: [clockRunExample] },
    },
  },
});

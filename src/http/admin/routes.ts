import { Type } from '@sinclair/typebox';
import { defineSpecs } from '../server/spec.ts';
import {
  clockRunExample,
  jobExample,
  projectionExample,
  verificationExample,
  verificationStartedExample,
} from './examples.ts';
import {
  clockRunResponse,
  jobParams,
  jobResponse,
  listClockRunsQuery,
  listJobsQuery,
  projectionParams,
  projectionResponse,
  verificationResponse,
} from './schemas.ts';

const reading = { methods: ['GET'], tag: 'Admin', permission: { admin: 'any', auditor: 'any' } } as const;
const writing = { methods: ['POST'], tag: 'Admin', permission: { admin: 'any' } } as const;

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
    answers: { 202: { description: 'The rebuild has started.', body: projectionResponse, example: projectionExample } },
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

import { defineSpecs } from '../server/spec.ts';
import { healthResponse, readinessResponse, welcomeResponse } from './schemas.ts';

const open = { methods: ['GET'], outside: true, tag: 'Operations', permission: 'public' } as const;
const partExample = { name: 'event_store', state: 'up', latency_ms: 0.8 };

export const operationsSpecs = defineSpecs({
  welcome: {
    ...open,
    path: '/',
    summary: 'Get name and version',
    answers: {
      200: {
        description: 'Name, version and the address of the documentation.',
        body: welcomeResponse,
        example: { message: 'Waybill', version: '1.0.0', docs: '/docs' },
      },
    },
  },
  health: {
    ...open,
    path: '/health',
    summary: 'Check that the server answers',
    answers: { 200: { description: 'The server answers.', body: healthResponse, example: { status: 'healthy' } } },
  },
  live: {
    ...open,
    path: '/health/live',
    summary: 'Check that the process is alive',
    answers: { 200: { description: 'The process is alive.', body: healthResponse, example: { status: 'alive' } } },
  },
  ready: {
    ...open,
    path: '/health/ready',
    summary: 'Check that the server is ready',
    description:
      'Checks every part that the server depends on. A part that is down makes the server unready; a read model that is behind does not.',
    answers: {
      200: {
        description: 'The server is ready.',
        body: readinessResponse,
        example: { status: 'ready', parts: [partExample] },
      },
      503: { description: 'A part is down.', body: readinessResponse },
    },
  },
});

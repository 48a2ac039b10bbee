import { Type } from '@sinclair/typebox';
import { route, type Route } from '../server/route.ts';

/** State of one part that the server depends on. */
export type PartHealth = {
  readonly name: string;
  readonly state: 'up' | 'down' | 'behind';
  readonly latency_ms: number;
  /** What is wrong, without secrets. */
  readonly reason?: string;
  /** Of projections. */
  readonly lag?: { readonly events: number; readonly seconds: number };
};

export type OperationsDeps = {
  readonly version: string;
  /** Looks at every part; never throws. */
  readonly checkParts: () => Promise<readonly PartHealth[]>;
};

const TAG = 'Operations';
const health = Type.Object({ status: Type.String() }, { component: 'Health' });
const part = Type.Object(
  {
    name: Type.String(),
    state: Type.Unsafe<string>({ type: 'string', enum: ['up', 'down', 'behind'] }),
    latency_ms: Type.Number(),
    reason: Type.Optional(Type.String()),
    lag: Type.Optional(Type.Object({ events: Type.Integer(), seconds: Type.Number() })),
  },
  { component: 'PartHealth' },
);
const readiness = Type.Object({ status: Type.String(), parts: Type.Array(part) }, { component: 'Readiness' });
const welcome = Type.Object({ message: Type.String(), version: Type.String(), docs: Type.String() });

const open = { methods: ['GET'], outside: true, tag: TAG, permission: 'public' } as const;
const partExample = { name: 'event_store', state: 'up', latency_ms: 0.8 };

export const operationsRoutes = ({ version, checkParts }: OperationsDeps): readonly Route[] => [
  route(
    {
      ...open,
      path: '/',
      operationId: 'welcome',
      summary: 'What this is',
      answers: {
        200: {
          description: 'Welcome.',
          body: welcome,
          example: { message: 'Waybill', version: '1.0.0', docs: '/docs' },
        },
      },
    },
    () =>
      Promise.resolve({
        status: 200,
        body: { message: 'Waybill: orders, returns and their documents', version, docs: '/docs' },
      }),
  ),
  route(
    {
      ...open,
      path: '/health',
      operationId: 'health',
      summary: 'Whether the server answers',
      answers: { 200: { description: 'It does.', body: health, example: { status: 'healthy' } } },
    },
    () => Promise.resolve({ status: 200, body: { status: 'healthy' } }),
  ),
  route(
    {
      ...open,
      path: '/health/live',
      operationId: 'live',
      summary: 'Whether the process lives',
      answers: { 200: { description: 'It does.', body: health, example: { status: 'alive' } } },
    },
    () => Promise.resolve({ status: 200, body: { status: 'alive' } }),
  ),
  route(
    {
      ...open,
      path: '/health/ready',
      operationId: 'ready',
      summary: 'Whether everything it needs is there',
      description: 'A read model that is behind does not make the server unready; a part that is down does.',
      answers: {
        200: { description: 'Ready.', body: readiness, example: { status: 'ready', parts: [partExample] } },
        503: { description: 'A part is down.', body: readiness },
      },
    },
    async () => {
      const parts = await checkParts();
      const isReady = parts.every(({ state }) => state !== 'down');
      return { status: isReady ? 200 : 503, body: { status: isReady ? 'ready' : 'unavailable', parts } };
    },
  ),
];

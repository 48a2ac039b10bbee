import { Type } from '@sinclair/typebox';
import { words } from '../server/schemas/response-parts.ts';

export const PART_STATES = ['up', 'down', 'behind', 'degraded'] as const;

export const healthResponse = Type.Object({ status: Type.String() }, { component: 'Health' });
const part = Type.Object(
  {
    name: Type.String(),
    state: words(PART_STATES),
    latency_ms: Type.Number(),
    reason: Type.Optional(Type.String()),
    lag: Type.Optional(Type.Object({ events: Type.Integer(), seconds: Type.Number() })),
  },
  { component: 'PartHealth' },
);
export const readinessResponse = Type.Object(
  { status: Type.String(), parts: Type.Array(part) },
  { component: 'Readiness' },
);
export const welcomeResponse = Type.Object({ message: Type.String(), version: Type.String(), docs: Type.String() });

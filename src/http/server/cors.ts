import cors from '@koa/cors';
import type { Middleware } from 'koa';

const TAKEN = [
  'Authorization',
  'Content-Type',
  'Idempotency-Key',
  'If-Match',
  'Last-Event-ID',
  'X-Min-Position',
  'X-Request-Id',
  'traceparent',
];
const SHOWN = [
  'Content-Disposition',
  'ETag',
  'Idempotency-Replayed',
  'Link',
  'Location',
  'RateLimit-Limit',
  'RateLimit-Remaining',
  'RateLimit-Reset',
  'Retry-After',
  'X-Event-Position',
  'X-Request-Id',
  'X-Total-Count',
  'X-Total-Count-Exact',
];
const REMEMBERED_SECONDS = 600;

/**
 * Lets pages of these origins call the API; `*` is any. Without cookies: a page has no more power than the token it holds,
 * and API keys are not for pages.
 */
export const allowOrigins = (origins: readonly string[]): Middleware =>
  cors({
    origin: (ctx) => {
      if (origins.includes('*')) return '*';
      const origin = ctx.get('Origin');
      return origins.includes(origin) ? origin : '';
    },
    allowMethods: ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'],
    allowHeaders: TAKEN,
    exposeHeaders: SHOWN,
    maxAge: REMEMBERED_SECONDS,
  });

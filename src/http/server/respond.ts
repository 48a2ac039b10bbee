import type { Context } from 'koa';
import { sendContent } from './compression.ts';
import { etag } from './conventions.ts';
import { problemBody, type Problem } from './problem.ts';
import type { Reply } from './route.ts';

export const answer = (ctx: Context, reply: Reply): void | Promise<void> => {
  const { status, body, content, headers, at, position } = reply;
  ctx.status = status;
  ctx.set('Cache-Control', 'no-store');
  if (at !== undefined) ctx.set('ETag', etag(at.revision));
  if (position !== undefined) ctx.set('X-Event-Position', String(position));
  if (headers !== undefined) ctx.set(headers);
  if (content !== undefined) return sendContent(ctx, content, reply.compressed);
  if (body === undefined) return;
  ctx.type = 'application/json';
  return sendContent(ctx, JSON.stringify(body));
};

export const answerProblem = (ctx: Context, { parts }: Problem, requestId: string): void => {
  ctx.status = parts.status;
  ctx.set('Cache-Control', 'no-store');
  if (parts.headers !== undefined) ctx.set(parts.headers);
  ctx.type = 'application/problem+json';
  ctx.body = JSON.stringify(problemBody(parts, { instance: ctx.path, requestId }));
};

import type { Context } from 'koa';
import { etag } from './conventions.ts';
import { problemBody, type Problem } from './problem.ts';
import type { Reply } from './route.ts';

export const answer = (ctx: Context, { status, body, content, headers, at, position }: Reply): void => {
  ctx.status = status;
  ctx.set('Cache-Control', 'no-store');
  if (at !== undefined) ctx.set('ETag', etag(at.revision));
  if (position !== undefined) ctx.set('X-Event-Position', String(position));
  if (headers !== undefined) ctx.set(headers);
  if (content !== undefined) ctx.body = content;
  else if (body !== undefined) {
    ctx.type = 'application/json';
    ctx.body = JSON.stringify(body);
  }
};

export const answerProblem = (ctx: Context, { parts }: Problem, requestId: string): void => {
  ctx.status = parts.status;
  ctx.set('Cache-Control', 'no-store');
  if (parts.headers !== undefined) ctx.set(parts.headers);
  ctx.type = 'application/problem+json';
  ctx.body = JSON.stringify(problemBody(parts, { instance: ctx.path, requestId }));
};

import type { IncomingMessage } from 'node:http';
import Koa, { type Context } from 'koa';
import { RequestAborted } from './body.ts';
import type { Caller } from './caller.ts';
import { createClientAddress } from './client-address.ts';
import { requestId, traceId } from './conventions.ts';
import type { KernelDeps } from './deps.ts';
import { allowOrigins } from './cors.ts';
import { compileRoute, type PipelineDeps, type RunRoute } from './pipeline.ts';
import { withTimeLimit } from './limits/time-limit.ts';
import { problem } from './problem.ts';
import { answer, answerProblem } from './respond.ts';
import type { Code, Entries } from './rejection-entry.ts';
import type { Reply, Route } from './route.ts';
import { BASE_PATH, createRouter, fullPath } from './router.ts';
import { SECURITY_HEADERS } from './security-headers.ts';
import { createSecurityLog } from './security-log.ts';
import type { Page } from './site/page.ts';
import { createToProblem } from './to-problem.ts';
import { createAjv } from './validation/body-validator.ts';

type Target = { readonly name: string; readonly run: RunRoute };

const pageTarget = ({ path, serve }: Page): Target => ({ name: path, run: ({ request }) => serve(request.headers) });

/** Compiles the route table and whatever pages go beside it. */
const createTargets = (routes: readonly Route[], pages: readonly Page[], deps: PipelineDeps) => {
  const ajv = createAjv();
  const operations = new Set<string>();
  const compiled = routes.map((route) => {
    const { operationId, methods } = route.spec;
    if (operations.has(operationId)) throw new Error(`two routes are called ${operationId}`);
    operations.add(operationId);
    return { methods, path: fullPath(route.spec), target: { name: operationId, run: compileRoute(route, ajv, deps) } };
  });
  return createRouter<Target>([
    ...compiled,
    ...pages.map((page) => ({ methods: ['GET'], path: page.path, target: pageTarget(page) })),
  ]);
};

const methodNotAllowed = (method: string, allow: readonly string[]) =>
  problem('route.method_not_allowed', `${method} is not allowed at this address. Allowed: ${allow.join(', ')}.`, {
    headers: { Allow: allow.join(', ') },
  });

const LONGEST_ADDRESS = 8_192;
const TIME_LIMIT_MS = 35_000;

const addressTooLong = () =>
  problem('request.address_too_long', `An address may have at most ${LONGEST_ADDRESS} characters. Shorten the query.`);

/** A proxy may have decided by one and Node.js reads the other (RFC 9112, 3.2: 400). */
const sentTwice = ({ rawHeaders }: IncomingMessage): 'Host' | 'Authorization' | 'Content-Type' | undefined => {
  let [hosts, authorizations, types] = [0, 0, 0];
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const name = rawHeaders[at]?.toLowerCase();
    if (name === 'host') hosts++;
    else if (name === 'authorization') authorizations++;
    else if (name === 'content-type') types++;
  }
  return hosts > 1 ? 'Host' : authorizations > 1 ? 'Authorization' : types > 1 ? 'Content-Type' : undefined;
};

/** Health, metrics and the documentation stay available, so that operators can find the cause. */
const overloaded = () =>
  problem('server.overloaded', 'The server is overloaded. Retry shortly.', {
    headers: { 'Retry-After': '2' },
  });

export type App = {
  readonly koa: Koa;
  readonly addresses: readonly { readonly method: string; readonly path: string }[];
};

export type AppOptions = {
  readonly routes: readonly Route[];
  readonly pages: readonly Page[];
  /** How each rejection by a rule is answered. */
  readonly rejections: Entries<Code>;
  readonly deps: KernelDeps;
};

/** The HTTP server's application: one middleware, one compiled handler a route. */
export const createApp = ({ routes, pages, rejections, deps }: AppOptions): App => {
  const { logger } = deps;
  const toProblem = createToProblem(rejections);
  // What a request's line says is named below, one by one: looking for what to hide in it would cost more than the rest.
  const requestLog = logger.child({}, { redact: [] });
  const tellSecurity = createSecurityLog(logger);
  const clientAddress = createClientAddress(deps.trustedProxies ?? []);
  const router = createTargets(routes, pages, { ...deps, toProblem });

  const serve = (ctx: Context, id: string, seen: Seen): Reply | Promise<Reply> => {
    if (ctx.url.length > LONGEST_ADDRESS) throw addressTooLong();
    const twice = sentTwice(ctx.req);
    if (twice !== undefined) throw problem('request.malformed', `The request has more than one ${twice} header.`);
    if (deps.isOverloaded?.() === true && ctx.path.startsWith(BASE_PATH)) throw overloaded();
    const found = router.find(ctx.method, ctx.path);
    if (found === undefined) {
      throw problem('route.not_found', 'There is no operation at this address. /docs lists all of them.');
    }
    if ('allow' in found) {
      if (ctx.method !== 'OPTIONS') throw methodNotAllowed(ctx.method, found.allow);
      return { status: 204, headers: { Allow: found.allow.join(', ') } };
    }
    seen.route = found.target.name;
    return found.target.run({
      request: ctx.req,
      ip: clientAddress(ctx.req),
      requestId: id,
      method: ctx.method,
      path: ctx.path,
      search: ctx.querystring,
      params: found.params,
      onCaller: (caller) => (seen.caller = caller),
      setHeaders: (headers) => ctx.set(headers),
      onGone: (end) => {
        if (ctx.res.closed) end();
        else ctx.res.once('close', end);
      },
    });
  };

  const fail = (ctx: Context, error: unknown, id: string): string => {
    const failed = toProblem(error);
    if (failed.parts.status >= 500) {
      const level = failed.parts.status === 500 ? 'error' : 'warn';
      logger[level]({ err: error, request_id: id }, 'request failed');
    }
    answerProblem(ctx, failed, id);
    return failed.parts.code;
  };

  const koa = new Koa();
  koa.silent = true; // what goes wrong in a stream after the headers is logged by the listener below
  koa.on('error', (error: Error & { code?: string }) => {
    if (!CLIENT_FAULT.test(error.code ?? '')) logger.error({ err: error }, 'an answer was interrupted');
  });
  if (deps.corsOrigins !== undefined && deps.corsOrigins.length > 0) koa.use(allowOrigins(deps.corsOrigins));
  koa.use(async (ctx) => {
    const started = performance.now();
    const id = requestId(ctx.headers);
    const seen: Seen = {};
    ctx.set('X-Request-Id', id);
    ctx.set(SECURITY_HEADERS);
    try {
      const reply = await withTimeLimit(serve(ctx, id, seen), deps.timeLimitMs ?? TIME_LIMIT_MS);
      seen.waitedMs = reply.waitedMs ?? 0;
      await answer(ctx, reply);
    } catch (error) {
      seen.isAborted = error instanceof RequestAborted;
      if (seen.isAborted) ctx.respond = false;
      else seen.code = fail(ctx, error, id);
    }
    deps.observe?.({
      method: ctx.method,
      route: seen.route,
      status: ctx.status,
      seconds: (performance.now() - started - (seen.waitedMs ?? 0)) / 1_000,
    });
    tellSecurity({
      request_id: id,
      method: ctx.method,
      route: seen.route,
      ip: clientAddress(ctx.req),
      caller: seen.caller,
      code: seen.code,
    });
    requestLog.info(
      {
        request_id: id,
        trace_id: traceId(ctx.headers),
        method: ctx.method,
        route: seen.route,
        actor: seen.caller?.id,
        actor_role: seen.caller?.role,
        status: seen.isAborted === true ? CLIENT_GONE : ctx.status,
        duration_ms: Math.round((performance.now() - started) * 10) / 10,
      },
      'request',
    );
  });
  return { koa, addresses: router.addresses };
};

type Seen = { route?: string; caller?: Caller; isAborted?: boolean; code?: string; waitedMs?: number };

/** A client that went away or sent half a request: nothing of ours is wrong. */
const CLIENT_FAULT = /^(EPIPE|ECONNRESET|ERR_STREAM_PREMATURE_CLOSE|HPE_\w+)$/;
/** Only for the log, as proxies write it: the client is gone, so no answer is sent. */
const CLIENT_GONE = 499;

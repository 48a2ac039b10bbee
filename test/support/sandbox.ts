import { pino } from 'pino';
import type { SandboxService } from '../../src/cli/sandbox/server.ts';
import { createHttpService, type HttpService, type ServiceOptions } from '../../src/gateways/http/service.ts';

/** The client of a sandbox service, with short timeouts. */
export const clientOf = (name: string, { url }: SandboxService, options: Partial<ServiceOptions> = {}): HttpService =>
  createHttpService({
    name,
    url,
    log: pino({ level: 'silent' }),
    timeoutMs: 500,
    pauseMs: 1,
    breakAfter: 1_000,
    ...options,
  });

/** Writes into a sandbox service, as its owner does. */
export const put = async ({ url }: SandboxService, path: string, body: unknown): Promise<void> => {
  const response = await fetch(url + path, {
    method: 'PUT',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  if (!response.ok) throw new Error(`PUT ${path} answered ${response.status}`);
};

export const get = async <T>({ url }: SandboxService, path: string): Promise<T> =>
  (await (await fetch(url + path)).json()) as T;

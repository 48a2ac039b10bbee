import type { Logger } from 'pino';
import type { Caller } from './caller.ts';

/** Events about which an operator may want an alarm, or that they may want to find later. */
export type SecurityEvent = 'auth.denied' | 'rate_limited' | 'bad_token' | 'key_used';

export type Served = {
  readonly request_id: string;
  readonly method: string;
  readonly route: string | undefined;
  readonly ip: string | undefined;
  readonly caller: Caller | undefined;
  /** Of the problem that was answered, if one was. */
  readonly code: string | undefined;
};

const BY_CODE: ReadonlyMap<string, SecurityEvent> = new Map([
  ['auth.forbidden', 'auth.denied'],
  ['rate.limited', 'rate_limited'],
  ['auth.invalid_token', 'bad_token'],
  ['auth.invalid_key', 'bad_token'],
]);

export const securityEventOf = ({ caller, code }: Pick<Served, 'caller' | 'code'>): SecurityEvent | undefined =>
  (code === undefined ? undefined : BY_CODE.get(code)) ?? (caller?.role === 'service' ? 'key_used' : undefined);

/** Security events as a stream of their own: lines with `"stream":"security"`. */
export const createSecurityLog = (logger: Logger): ((served: Served) => void) => {
  // Written whatever LOG_LEVEL says, and with nothing in it that would have to be hidden.
  const log = logger.child({ stream: 'security' }, { level: 'info', redact: [] });
  return (served) => {
    const event = securityEventOf(served);
    if (event === undefined) return;
    const { caller, ...rest } = served;
    const line = { event, ...rest, actor: caller?.id, actor_role: caller?.role };
    log[event === 'key_used' ? 'info' : 'warn'](line, 'security event');
  };
};

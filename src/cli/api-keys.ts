import { loadConfig } from '../config/index.ts';
import { isScope, SCOPES } from '../http/server/scopes.ts';
import { createApiKey, listApiKeys, revokeApiKey, type ApiKey, type NewApiKey } from '../platform/api-keys.ts';
import { withContainer } from '../app/with-container.ts';
import { demandNoMore, parseFlags, unknownWord } from './command-words.ts';
import { UsageError } from './usage-error.ts';

const USAGE = `Use: apikeys create --name <service> --scopes ${SCOPES.join(',')} [--expires 90d]
     apikeys list
     apikeys revoke <id>`;
const PERIOD = /^(\d{1,5})([hd])$/;
const HOURS = { h: 1, d: 24 } as const;
const NAME = /^[\w.-]{1,64}$/;

type Print = (line: string) => void;

const flagsOf = (args: readonly string[]) => {
  const text = { type: 'string' } as const;
  return parseFlags({ args: [...args], options: { name: text, scopes: text, expires: text } }, USAGE).values;
};

const expiryOf = (period: string | undefined, now: Date): Date | null => {
  if (period === undefined) return null;
  const [, count = '', unit = 'h'] = PERIOD.exec(period) ?? [];
  if (count === '' || Number(count) === 0)
    throw new UsageError(`--expires is ${JSON.stringify(period)}; expected a period such as 12h or 90d`);
  return new Date(now.getTime() + Number(count) * HOURS[unit === 'd' ? 'd' : 'h'] * 3_600_000);
};

/** The requested key, validated. */
export const newApiKeyOf = (args: readonly string[], now: Date): NewApiKey => {
  const { name, scopes = '', expires } = flagsOf(args);
  if (name === undefined || scopes === '') throw new UsageError(USAGE);
  if (!NAME.test(name)) throw new UsageError('--name: expected 1 to 64 letters, digits, dots, dashes or underscores');
  const words = [...new Set(scopes.split(','))];
  const unknown = words.find((word) => !isScope(word));
  if (unknown !== undefined)
    throw new UsageError(`--scopes names ${JSON.stringify(unknown)}; expected ${SCOPES.join(', ')}`);
  return { name, scopes: words, expires_at: expiryOf(expires, now) };
};

const stateOf = ({ expires_at, revoked_at }: ApiKey, now: Date): string => {
  if (revoked_at !== null) return `revoked ${revoked_at.toISOString()}`;
  if (expires_at === null) return 'valid';
  return `${expires_at > now ? 'valid until' : 'expired'} ${expires_at.toISOString()}`;
};

/** One line a key, columns separated by tabs. */
export const apiKeyLine = (key: ApiKey, now: Date): string =>
  [key.id, key.name, key.scopes.join(','), key.created_at.toISOString(), stateOf(key, now)].join('\t');

const create = (args: readonly string[], print: Print): Promise<void> => {
  const fresh = newApiKeyOf(args, new Date());
  return withContainer(loadConfig(), async ({ db }) => print((await createApiKey(db, fresh)).key));
};

const list = (print: Print): Promise<void> =>
  withContainer(loadConfig(), async ({ db }) => {
    for (const key of await listApiKeys(db)) print(apiKeyLine(key, new Date()));
  });

const revoke = async (id: string, print: Print): Promise<void> => {
  if (!(await withContainer(loadConfig(), ({ db }) => revokeApiKey(db, id))))
    throw new UsageError(`No key ${JSON.stringify(id)} exists, or it is already revoked. apikeys list shows all keys.`);
  print(`${id} is revoked.`);
};

/** `apikeys create|list|revoke`. A key is printed once, when it is created. */
export const apiKeysCommand = async ([verb, ...args]: readonly string[], print: Print): Promise<void> => {
  const [id] = args;
  if (verb === 'create') return create(args, print);
  if (verb === 'list' && id === undefined) return list(print);
  if (verb === 'revoke' && id !== undefined && args.length === 1) return revoke(id, print);
  const known = ['create', 'list', 'revoke'];
  if (verb !== undefined && !known.includes(verb)) throw unknownWord('command', verb, { known, usage: USAGE });
  demandNoMore(args.slice(verb === 'list' ? 0 : 1), USAGE);
  throw new UsageError(USAGE);
};

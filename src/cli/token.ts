import { loadConfig } from '../config/index.ts';
import { ROLE_WORDS, roleOf } from '../http/server/auth/roles.ts';
import { mintToken } from '../http/server/auth/tokens.ts';
import { parseFlags } from './command-words.ts';
import { UsageError } from './usage-error.ts';

const USAGE =
  'Use: token --role customer|delivery_partner|admin|auditor [--sub …] [--email …] [--name …] [--expires 12h]';
const NO_SECRET = 'JWT_SECRET is not set, so no token can be signed; set it, or get a token from your login service';
const PERIOD = /^\d{1,6}\s?[smhdwy]$/;

const readFlags = (args: readonly string[]) => {
  const text = { type: 'string' } as const;
  const options = { role: text, sub: text, email: text, name: text, expires: text };
  return parseFlags({ args: [...args], options }, USAGE).values;
};

/** `token --role admin [--sub --email --name --expires]`: prints a token that the running service accepts. */
export const tokenCommand = async (args: readonly string[], print: (line: string) => void): Promise<void> => {
  const flags = readFlags(args);
  if (flags.role === undefined) throw new UsageError(USAGE);
  const role = roleOf(flags.role);
  if (role === undefined)
    throw new UsageError(`--role is ${JSON.stringify(flags.role)}; expected one of ${ROLE_WORDS.join(', ')}`);
  if (flags.expires !== undefined && !PERIOD.test(flags.expires))
    throw new UsageError(`--expires is ${JSON.stringify(flags.expires)}; expected a period such as 30m, 12h or 7d`);
  const { auth, secrets } = loadConfig();
  const { jwtSecret: secret } = secrets;
  if (secret === undefined) throw new UsageError(NO_SECRET);
  print(await mintToken({ secret, issuer: auth.issuer, audience: auth.audience }, { ...flags, role }));
};

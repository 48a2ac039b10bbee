import type { ApiKey } from '../../../platform/api-keys.ts';
import type { Caller } from '../caller.ts';
import { problem } from '../problem.ts';
import { isScope } from '../scopes.ts';

/** The key as it came, unless it is unknown, expired or revoked. */
export type FindApiKey = (key: string) => Promise<ApiKey | undefined>;

/** Says which service calls, or throws a 401. */
export const createApiKeyCheck =
  (find: FindApiKey) =>
  async (key: string): Promise<Caller> => {
    const found = await find(key);
    if (found === undefined)
      throw problem('auth.invalid_key', 'The API key is unknown, expired or revoked. Ask an operator for a new one.');
    return { id: found.name, role: 'service', email: null, name: null, scopes: found.scopes.filter(isScope) };
  };

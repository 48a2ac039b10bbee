/**
 * The connection string of EventStoreDB, read here instead of by its client: the client prints a string that it does not
 * understand, password included, ignores unknown options, and uses only the first of several names to discover.
 */

export type Endpoint = { readonly address: string; readonly port: number };

export type ConnectionString = {
  /** Whether the one host is a DNS name of the whole cluster. */
  readonly isDiscovered: boolean;
  readonly hosts: readonly [Endpoint, ...Endpoint[]];
  readonly user?: { readonly username: string; readonly password: string };
  readonly options: ConnectionOptions;
};

type ConnectionOptions = {
  readonly tls?: boolean;
  /** Paths. */
  readonly tlsCAFile?: string;
  readonly userCertFile?: string;
  readonly userKeyFile?: string;
  readonly connectionName?: string;
  readonly nodePreference?: NodePreference;
  readonly defaultDeadline?: number;
  readonly maxDiscoverAttempts?: number;
  readonly discoveryInterval?: number;
  /** Seconds. */
  readonly gossipTimeout?: number;
  readonly keepAliveInterval?: number;
  readonly keepAliveTimeout?: number;
};

const NODE_PREFERENCES = ['leader', 'follower', 'read_only_replica', 'random'] as const;
type NodePreference = (typeof NODE_PREFERENCES)[number];

/** The problem in one line, without user and password. */
export class InvalidConnectionString extends Error {
  override readonly name = 'InvalidConnectionString';
}

const DEFAULT_PORT = 2113;
const FORM = 'expected esdb://host:2113, or every node of a cluster: esdb://host1:2113,host2:2113,host3:2113';

const parseHost = (text: string): Endpoint => {
  const [, address = '', port = String(DEFAULT_PORT)] = /^([\w.-]+)(?::(\d{1,5}))?$/.exec(text) ?? [];
  if (address === '' || Number(port) > 65_535) throw new InvalidConnectionString(`has an invalid host; ${FORM}`);
  return { address, port: Number(port) };
};

const decode = (text: string): string => {
  try {
    return decodeURIComponent(text);
  } catch {
    throw new InvalidConnectionString('has a % in user, password or options that is not an escape; write %25 for %');
  }
};

const parseUser = (text: string): NonNullable<ConnectionString['user']> => {
  const [, username, password] = /^([^:]+):(.+)$/s.exec(text) ?? [];
  if (username === undefined || password === undefined)
    throw new InvalidConnectionString('has a user without a password; expected esdb://user:password@host:2113');
  return { username: decode(username), password: decode(password) };
};

const toFlag = (name: string, value: string): boolean => {
  if (value !== 'true' && value !== 'false') throw new InvalidConnectionString(`needs true or false for ${name}`);
  return value === 'true';
};

const toNumber = (name: string, value: string): number => {
  if (!/^-?\d{1,9}$/.test(value)) throw new InvalidConnectionString(`needs a whole number for ${name}`);
  return Number(value);
};

const toPreference = (name: string, value: string): NodePreference => {
  const found = NODE_PREFERENCES.find((one) => flat(one) === flat(value));
  if (found === undefined) throw new InvalidConnectionString(`needs ${NODE_PREFERENCES.join(', ')} for ${name}`);
  return found;
};

const toText = (_name: string, value: string): string => decode(value);

const OPTIONS: { readonly [N in keyof ConnectionOptions]-?: (name: N, value: string) => ConnectionOptions[N] } = {
  tls: toFlag,
  tlsCAFile: toText,
  userCertFile: toText,
  userKeyFile: toText,
  connectionName: toText,
  nodePreference: toPreference,
  defaultDeadline: toNumber,
  maxDiscoverAttempts: toNumber,
  discoveryInterval: toNumber,
  gossipTimeout: toNumber,
  keepAliveInterval: toNumber,
  keepAliveTimeout: toNumber,
};

/** Options are known in any spelling of case, `_` and `-`. */
const flat = (name: string): string => name.toLowerCase().replaceAll(/[_-]/g, '');

const parseOption = (text: string): ConnectionOptions => {
  const [given = '', value = ''] = text.split(/=(.*)/s);
  if (flat(given) === 'tlsverifycert' && value !== 'true')
    throw new InvalidConnectionString('sets tlsVerifyCert, which the client ignores; name your CA with tlsCAFile');
  if (['tlsverifycert', 'throwonappendfailure'].includes(flat(given))) return {};
  for (const [name, parse] of Object.entries(OPTIONS))
    // `parse` belongs to `name`: both are of one entry of the table above.
    if (flat(name) === flat(given)) return { [name]: (parse as (name: string, value: string) => unknown)(name, value) };
  throw new InvalidConnectionString(
    `has the option ${JSON.stringify(given.slice(0, 30))}; known are ${Object.keys(OPTIONS).join(', ')}`,
  );
};

/** @throws InvalidConnectionString */
export const parseConnectionString = (text: string): ConnectionString => {
  const form = /^(esdb|esdb\+discover):\/\/(?:(.*)@)?([^@/?]+)\/*(?:\?(.*))?$/s.exec(text.trim());
  const [, scheme, user, names, query] = form ?? [];
  if (names === undefined) throw new InvalidConnectionString(`is not a connection string; ${FORM}`);
  const [first, ...others] = names.split(',');
  const isDiscovered = scheme === 'esdb+discover';
  if (isDiscovered && others.length > 0)
    throw new InvalidConnectionString(
      'names several hosts after esdb+discover://, but the client would use only the first; ' +
        'write esdb://host1:2113,host2:2113,host3:2113, or one DNS name of the cluster after esdb+discover://',
    );
  return {
    isDiscovered,
    hosts: [parseHost(first ?? ''), ...others.map(parseHost)],
    ...(user === undefined ? {} : { user: parseUser(user) }),
    options: Object.assign({}, ...(query ?? '').split('&').filter(Boolean).map(parseOption)) as ConnectionOptions,
  };
};

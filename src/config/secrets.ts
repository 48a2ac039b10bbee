import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { existsSync, linkSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { match } from 'ts-pattern';
import { makeFolder } from '../platform/make-folder.ts';
import { isLoopback } from './loopback.ts';
import { masterKey, signingKey } from './values.ts';
import { ConfigError, type Reading } from './read-values.ts';
import { VARIABLES, type Values } from './variables.ts';

/** Ed25519, PKCS #8 in DER. */
export type LogKeys = {
  /** Signs heads of the log. */
  readonly sign: Buffer;
  /** Signs them with the time. */
  readonly cosign: Buffer;
};

export type Secrets = {
  /** Signs and verifies tokens. Undefined: the keys of JWT_JWKS_URL or the auth service verify them. */
  readonly jwtSecret: string | undefined;
  /** 32 bytes that wrap the data keys. */
  readonly masterKey: Buffer;
  /** Opens what it has wrapped, until that is rewrapped. */
  readonly previousMasterKey: Buffer | undefined;
  /** Undefined: heads of the log are not signed. */
  readonly logKeys: LogKeys | undefined;
  /** The keys that the next rotation puts in their place. */
  readonly nextLogKeys: LogKeys | undefined;
  /** Where the keys of the log were generated. Undefined: they are set. */
  readonly logKeysFile: string | undefined;
};

const randomSecret = (): string => randomBytes(32).toString('base64url');

/** A file of secrets in the data folder: each under its name, as text. */
type Stored<N extends string> = { readonly [K in N]: string };
const SECRETS = ['jwt_secret', 'master_key'] as const;
const LOG_KEYS = ['log_key', 'log_cosign_key'] as const;

const codeOf = (error: unknown): string =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';

const parse = (text: string): Readonly<Record<string, unknown>> | undefined => {
  try {
    const parsed: unknown = JSON.parse(text);
    return typeof parsed === 'object' && parsed !== null ? { ...parsed } : undefined;
  } catch {
    return undefined;
  }
};

const read = <N extends string>(path: string, names: readonly N[]): Stored<N> | undefined => {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    if (codeOf(error) === 'EISDIR') throw new ConfigError([`${path} is a folder; restore the file from your backup`]);
    throw error;
  }
  const stored = parse(text);
  if (stored === undefined)
    throw new ConfigError([`${path} is not JSON, cut off perhaps; restore the file from your backup`]);
  if (names.some((name) => typeof stored[name] !== 'string'))
    throw new ConfigError([`${path} lacks ${names.join(' or ')}; restore the file from your backup`]);
  return Object.fromEntries(names.map((name) => [name, stored[name]])) as Stored<N>; // each has just been found to be text
};

/** Several processes may generate at the same time: a hard link appears once and complete, and all read that file. */
const generate = <N extends string>(
  dataDir: string,
  path: string,
  fresh: Stored<N>,
  names: readonly N[],
): Stored<N> => {
  makeFolder(dataDir);
  const draft = `${path}.${process.pid}`;
  try {
    writeFileSync(draft, `${JSON.stringify(fresh, undefined, 2)}\n`, { mode: 0o600, flush: true });
    linkSync(draft, path);
  } catch (error) {
    if (codeOf(error) !== 'EEXIST') throw error;
  } finally {
    rmSync(draft, { force: true });
  }
  return read(path, names) ?? fresh;
};

const newSigningKey = (): string =>
  generateKeyPairSync('ed25519').privateKey.export({ format: 'der', type: 'pkcs8' }).toString('base64');

/** The database beside it was sealed with a key that is lost with the file: another one would make that final. */
const demandNoData = (dataDir: string, path: string): void => {
  if (existsSync(join(dataDir, 'postgres', 'PG_VERSION')))
    throw new ConfigError([
      `${path} is missing, and ${dataDir} has data that was sealed with its key; restore the file from your backup, or set MASTER_KEY`,
    ]);
};

/** The keys that signed them are lost with the file: other ones would sign nothing that continues the log. */
const demandNoHeads = (dataDir: string, path: string): void => {
  const folder = join(dataDir, 'heads');
  if (existsSync(folder) && readdirSync(folder).length > 0)
    throw new ConfigError([
      `${path} is missing, and ${folder} has heads of the log that its keys signed; restore the file from your backup, or set LOG_KEY and LOG_COSIGN_KEY`,
    ]);
};

/** In words what the system says of the folder; undefined: the error is none of its own. */
const folderProblem = (dataDir: string, error: unknown): string | undefined =>
  match(codeOf(error))
    .with('ENOTDIR', 'EEXIST', () => `DATA_DIR is "${dataDir}", which is a file; expected a folder`)
    .with(
      'EACCES',
      'EPERM',
      () => `DATA_DIR is "${dataDir}", which this user may not write; expected a writable folder`,
    )
    .with('ENOENT', () => `DATA_DIR is "${dataDir}", where no folder can be made; expected a writable folder`)
    .with('EROFS', () => `DATA_DIR is "${dataDir}", on a file system that is read-only; expected a writable folder`)
    .with('ENOSPC', 'EDQUOT', () => `the disk of DATA_DIR "${dataDir}" is full; free some space`)
    .otherwise(() => undefined);

const inFolder = <T>(dataDir: string, work: () => T): T => {
  try {
    return work();
  } catch (error) {
    const problem = folderProblem(dataDir, error);
    throw problem === undefined ? error : new ConfigError([problem]);
  }
};

const mayGenerate = ({ DATABASE_URL, HOST }: Values): boolean => DATABASE_URL === undefined && isLoopback(HOST);

/** Another service identifies callers, or callers are not identified at all. */
const needsNoSecret = ({ AUTH_MODE, JWT_JWKS_URL, AUTH_SERVICE_URL }: Values): boolean =>
  AUTH_MODE === 'off' || JWT_JWKS_URL !== undefined || AUTH_SERVICE_URL !== undefined;

/** Secrets that are required and not set. */
export const missingSecrets = ({ values, invalid }: Pick<Reading, 'values' | 'invalid'>): readonly string[] => {
  if (invalid.has('HOST') || invalid.has('DATABASE_URL') || mayGenerate(values)) return [];
  const why = values.DATABASE_URL !== undefined ? 'with DATABASE_URL' : `with HOST ${values.HOST}, outside loopback,`;
  const isNeeded = {
    JWT_SECRET: !needsNoSecret(values),
    MASTER_KEY: true,
    LOG_KEY: true,
    LOG_COSIGN_KEY: values.LOG_KEY instanceof Buffer,
  };
  const demanded = (['JWT_SECRET', 'MASTER_KEY', 'LOG_KEY', 'LOG_COSIGN_KEY'] as const).filter(
    (name) => isNeeded[name] && values[name] === undefined && !invalid.has(name),
  );
  return demanded.map((name) => `${name} is not set; ${why} it is required: ${VARIABLES[name].parser.expected}`);
};

const logKeysIn = (path: string, stored: Stored<(typeof LOG_KEYS)[number]>): LogKeys => {
  const keyOf = (name: (typeof LOG_KEYS)[number]): Buffer => {
    const key = signingKey.parse(stored[name]);
    if (key === undefined) throw new ConfigError([`${name} in ${path} is not ${signingKey.expected}`]);
    return key;
  };
  return { sign: keyOf('log_key'), cosign: keyOf('log_cosign_key') };
};

const logKeysFile = ({ LOG_KEY, DATA_DIR }: Values): string | undefined =>
  LOG_KEY === undefined ? join(DATA_DIR, 'log-keys.json') : undefined;

const nextLogKeys = ({ LOG_KEY_NEXT: sign, LOG_COSIGN_KEY_NEXT: cosign }: Values): LogKeys | undefined =>
  sign !== undefined && cosign !== undefined ? { sign, cosign } : undefined;

const settleLogKeys = (values: Values): LogKeys | undefined => {
  const { LOG_KEY: sign, LOG_COSIGN_KEY: cosign, DATA_DIR: dataDir } = values;
  if (sign === 'off') return undefined;
  if (sign !== undefined && cosign !== undefined) return { sign, cosign };
  const path = join(dataDir, 'log-keys.json');
  const stored = inFolder(dataDir, () => {
    const fresh = { log_key: newSigningKey(), log_cosign_key: newSigningKey() };
    const kept = read(path, LOG_KEYS);
    if (kept === undefined) demandNoHeads(dataDir, path);
    return kept ?? generate(dataDir, path, fresh, LOG_KEYS);
  });
  const { sign: storedSign, cosign: storedCosign } = logKeysIn(path, stored);
  return { sign: sign ?? storedSign, cosign: cosign ?? storedCosign };
};

/** The keys that are to sign from now on, in a file beside the one that signs: generated once, so that a crash loses none. */
export const generateNextLogKeys = (file: string): { readonly keys: LogKeys; readonly path: string } => {
  const path = file.replace(/\.json$/, '.next.json');
  const fresh = { log_key: newSigningKey(), log_cosign_key: newSigningKey() };
  const stored = read(path, LOG_KEYS) ?? generate(dirname(file), path, fresh, LOG_KEYS);
  return { keys: logKeysIn(path, stored), path };
};

const settleOthers = (values: Values): Pick<Secrets, 'jwtSecret' | 'masterKey'> => {
  const { JWT_SECRET: jwtSecret, MASTER_KEY: key } = values;
  if (key !== undefined && !mayGenerate(values)) return { jwtSecret, masterKey: key };
  const path = join(values.DATA_DIR, 'secrets.json');
  const stored = inFolder(values.DATA_DIR, () => {
    const kept = read(path, SECRETS);
    if (kept === undefined && key === undefined) demandNoData(values.DATA_DIR, path);
    const fresh = { jwt_secret: randomSecret(), master_key: randomBytes(32).toString('base64') };
    return kept ?? generate(values.DATA_DIR, path, fresh, SECRETS);
  });
  const storedKey = masterKey.parse(stored.master_key);
  if (storedKey === undefined) throw new ConfigError([`master_key in ${path} is not ${masterKey.expected}`]);
  // With an auth service, a generated secret would reject all of its tokens.
  const generated = values.AUTH_SERVICE_URL === undefined ? stored.jwt_secret : undefined;
  return { jwtSecret: jwtSecret ?? generated, masterKey: key ?? storedKey };
};

/**
 * The secrets as set or, with the embedded PostgreSQL on loopback, generated once into the data folder. Elsewhere the
 * operator must choose them, so that they are backed up.
 */
export const settleSecrets = (values: Values): Secrets => ({
  ...settleOthers(values),
  previousMasterKey: values.MASTER_KEY_PREVIOUS,
  logKeys: settleLogKeys(values),
  nextLogKeys: nextLogKeys(values),
  logKeysFile: logKeysFile(values),
});

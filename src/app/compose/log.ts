import { createHash } from 'node:crypto';
import type { Knex } from 'knex';
import {
  createCloseDays,
  openHeads,
  parseWitness,
  type AskWitness,
  type CloseDays,
  type KeepLogDeps,
  type Numbering,
  type VerifyDeps,
  type Witness,
} from '../../audit/index.ts';
import type { Config } from '../../config/index.ts';
import { enqueueJobs } from '../../jobs/queue.ts';
import { opensWrapped } from '../../platform/master-key.ts';
import { fetchConfigured } from '../../platform/outgoing-fetch.ts';
import { HEAD_TYPE } from '../../webhooks/index.ts';
import { documentFilesIn } from '../../documents/index.ts';
import { isOutage } from '../../event-store/outage.ts';
import type { Container } from '../container.ts';

/** PostgreSQL numbers events without a gap. */
export const numberingOf = ({ eventStoreUrl }: Config): Numbering =>
  eventStoreUrl === undefined ? 'positions' : 'ordinals';

/** The publication of a head is asked for with its commit. */
const onSigned = (sql: Knex): Promise<void> =>
  enqueueJobs(sql, [{ task: 'publish-head', payload: {}, key: 'publish-head' }]);

/** Ids of the enabled webhooks that are told of new heads. */
export const headWebhooks = async (db: Knex): Promise<readonly string[]> =>
  db<{ id: string; enabled: boolean }>('webhook_endpoints')
    .where({ enabled: true })
    .whereRaw('types && ?::text[]', [['*', HEAD_TYPE]])
    .pluck('id');

/** @throws InvalidNote where a verifier key is not one */
export const witnessesOf = ({ log }: Config): readonly Witness[] => log.witnesses.map(parseWitness);

const WITNESS_WITHIN_MS = 10_000;
/** A witness answers a size or a few lines. */
const WITNESS_ANSWER_BYTES = 64 * 1024;

export const createAskWitness = (): AskWitness => async (url, body) => {
  const response = await fetchConfigured(url, { method: 'POST', body, signal: AbortSignal.timeout(WITNESS_WITHIN_MS) });
  let text = '';
  const decoder = new TextDecoder();
  for await (const chunk of response.body ?? []) {
    text += decoder.decode(chunk as Uint8Array, { stream: true });
    if (text.length > WITNESS_ANSWER_BYTES) throw new Error('the witness answered too much');
  }
  return { status: response.status, text };
};

/** How this installation records its log and signs it. */
export const logKeeping = (config: Config, { db }: Pick<Container, 'db'>): Pick<KeepLogDeps, 'numbering' | 'heads'> => {
  const { secrets, log, businessTimeZone: timeZone } = config;
  const { logKeys: keys } = secrets;
  return {
    numbering: numberingOf(config),
    heads: keys && openHeads({ db, keys, origin: log.origin, folder: log.headsFolder, timeZone, onSigned }),
  };
};

/** Bytes that were changed do not open. */
const unlessOutage = (error: unknown): 'unreadable' => {
  if (isOutage(error)) throw error;
  return 'unreadable';
};

/** What a verification of this installation looks at. */
export const verifyDeps = (
  config: Config,
  {
    db,
    store,
    dataKeys,
    masterKey,
    previousMasterKey,
  }: Pick<Container, 'db' | 'store' | 'dataKeys' | 'masterKey' | 'previousMasterKey'>,
): VerifyDeps => {
  const files = documentFilesIn(db, dataKeys);
  return {
    db,
    store,
    numbering: numberingOf(config),
    keys: config.secrets.logKeys,
    folder: config.log.headsFolder,
    readDocument: async (id) => {
      const file = await files.find(id).catch(unlessOutage);
      if (file === 'unreadable') return file;
      if (file === undefined) {
        const key = (await files.keysOf([id])).get(id);
        return key?.state === 'destroyed' ? { destroyed: key.key_id } : undefined;
      }
      const found = createHash('sha256').update(file.bytes).digest('hex');
      return found === file.sha256 ? found : 'other hash';
    },
    canOpen: (id, wrapped) => opensWrapped({ masterKey, previousMasterKey }, wrapped, id),
  };
};

/** Closes the business days of this installation. */
export const dayClosing = (
  config: Config,
  container: Pick<Container, 'db' | 'store' | 'handle' | 'readStream'>,
): CloseDays => createCloseDays({ ...container, numbering: numberingOf(config), timeZone: config.businessTimeZone });

import { createHash } from 'node:crypto';
import {
  createCloseDays,
  openHeads,
  type CloseDays,
  type KeepLogDeps,
  type Numbering,
  type VerifyDeps,
} from '../../audit/index.ts';
import type { Config } from '../../config/index.ts';
import { documentFilesIn } from '../../documents/index.ts';
import { isOutage } from '../../event-store/outage.ts';
import type { Container } from '../container.ts';

/** PostgreSQL numbers events without a gap. */
const numberingOf = ({ eventStoreUrl }: Config): Numbering => (eventStoreUrl === undefined ? 'positions' : 'ordinals');

/** How this installation records its log and signs it. */
export const logKeeping = (config: Config, { db }: Pick<Container, 'db'>): Pick<KeepLogDeps, 'numbering' | 'heads'> => {
  const { secrets, log, businessTimeZone: timeZone } = config;
  const { logKeys: keys } = secrets;
  return {
    numbering: numberingOf(config),
    heads: keys && openHeads({ db, keys, origin: log.origin, folder: log.headsFolder, timeZone }),
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
  { db, store, dataKeys }: Pick<Container, 'db' | 'store' | 'dataKeys'>,
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
      return file === 'unreadable' ? file : file && createHash('sha256').update(file.bytes).digest('hex');
    },
  };
};

/** Closes the business days of this installation. */
export const dayClosing = (
  config: Config,
  container: Pick<Container, 'db' | 'store' | 'handle' | 'readStream'>,
): CloseDays => createCloseDays({ ...container, numbering: numberingOf(config), timeZone: config.businessTimeZone });

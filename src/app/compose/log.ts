import { openHeads, type KeepLogDeps } from '../../audit/index.ts';
import type { Config } from '../../config/index.ts';
import type { Container } from '../container.ts';

/** How this installation records its log and signs it. */
export const logKeeping = (
  { eventStoreUrl, secrets: { logKeys }, log, businessTimeZone }: Config,
  { db }: Pick<Container, 'db'>,
): Pick<KeepLogDeps, 'numbering' | 'heads'> => ({
  numbering: eventStoreUrl === undefined ? 'positions' : 'ordinals',
  heads:
    logKeys === undefined
      ? undefined
      : openHeads({ db, keys: logKeys, origin: log.origin, folder: log.headsFolder, timeZone: businessTimeZone }),
});

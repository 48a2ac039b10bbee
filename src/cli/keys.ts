import { withContainer } from '../app/with-container.ts';
import { loadConfig } from '../config/index.ts';
import { moveCanary } from '../platform/master-key.ts';
import { plural } from '../platform/plural.ts';
import { rotateDataKeys, rotateSearchKey } from '../platform/rotate-data-keys.ts';
import { rewrapSecrets } from '../webhooks/index.ts';
import { demandNoMore, unknownWord } from './command-words.ts';
import { UsageError } from './usage-error.ts';

const USAGE = 'Use: keys rotate';

/**
 * `keys rotate`: seals with MASTER_KEY what MASTER_KEY_PREVIOUS sealed. The value that every start is checked with comes
 * last: as long as anything needs the old key, a start without it is rejected.
 */
export const keysCommand = async (args: readonly string[], print: (line: string) => void): Promise<void> => {
  const [word, ...more] = args;
  if (word === undefined) throw new UsageError(USAGE);
  if (word !== 'rotate') throw unknownWord('command', word, { known: ['rotate'], usage: USAGE });
  demandNoMore(more, USAGE);
  const config = loadConfig();
  const { masterKey, previousMasterKey } = config.secrets;
  if (previousMasterKey === undefined)
    throw new UsageError('Set MASTER_KEY to the new key, and MASTER_KEY_PREVIOUS to the old one');
  await withContainer(config, async ({ db }) => {
    const keys = { db, masterKey, previousMasterKey };
    const onProgress = (rewrapped: number, of: number): void => print(`${rewrapped} of ${of} data keys rewrapped`);
    const rewrapped = await rotateDataKeys({ ...keys, onProgress });
    await rotateSearchKey(keys);
    await rewrapSecrets(keys);
    await moveCanary(keys);
    print(`Rotated: this run rewrapped ${plural(rewrapped, 'data key')}. MASTER_KEY_PREVIOUS is no longer needed.`);
  });
};

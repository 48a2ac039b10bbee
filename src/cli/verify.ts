import {
  NotRecordedYet,
  readHeadsAt,
  ReplacedLogKeys,
  verifyLog,
  type Finding,
  type GivenHead,
  type Verification,
} from '../audit/index.ts';
import { verifyDeps } from '../app/compose/log.ts';
import { withContainer } from '../app/with-container.ts';
import { loadConfig, type Config } from '../config/index.ts';
import { parseFlags } from './command-words.ts';
import { UsageError } from './usage-error.ts';

type Print = (line: string) => void;

const USAGE = `Use: verify [--head <file or folder of heads that you kept>] [--since <number of events>] [--json]

Reads the whole log and compares it with its record and its signed heads. With --since it reads only what comes after so many events.
Exit code 0: all is as it was recorded; 1: something is not; 2: it could not be checked.`;

const optionsOf = (args: readonly string[]) => {
  const options = { head: { type: 'string' }, since: { type: 'string' }, json: { type: 'boolean' } } as const;
  return parseFlags({ args: [...args], options }, USAGE).values;
};

const readKept = async (path: string | undefined): Promise<readonly GivenHead[]> => {
  if (path === undefined) return [];
  const heads = await readHeadsAt(path).catch(() => {
    throw new UsageError(
      `--head is ${JSON.stringify(path)}, which cannot be read; expected a file or a folder of heads`,
    );
  });
  // "Everything is as it was recorded" must not mean that the wrong folder was named.
  if (heads.length === 0) throw new UsageError(`--head is ${JSON.stringify(path)}, which has no heads`);
  return heads;
};

const readSince = (text: string | undefined): number => {
  const since = Number(text ?? 0);
  if (!/^\d{1,15}$/.test(text ?? '0'))
    throw new UsageError(`--since is ${JSON.stringify(text)}; expected a number of events, such as the size of a head`);
  return since;
};

/** On a terminal only: how far it is, on a line that is written over. */
const createProgress = (isShown: boolean) => {
  const started = performance.now();
  let first: number | undefined;
  return ({ done, total }: { readonly done: number; readonly total: number }): void => {
    if (!isShown) return;
    first ??= done;
    const perSecond = Math.round(((done - first) / (performance.now() - started)) * 1_000);
    process.stderr.write(`\r${done} of ${Math.max(done, total)} events, ${perSecond} a second `);
  };
};

const lineOf = ({ kind, stream, revision, index, detail, between }: Finding): string => {
  const where = [
    stream,
    revision === undefined ? undefined : `revision ${revision}`,
    index === undefined ? undefined : `entry ${index}`,
  ].filter((part) => part !== undefined);
  const when = between === undefined ? '' : ` Recorded between ${between.from ?? 'the beginning'} and ${between.to}.`;
  return `${kind}: ${where.length === 0 ? '' : `${where.join(', ')}: `}${detail}.${when}`;
};

const tell = (
  { since, restores, events, recorded, streams, heads, headFiles, isSigned, findings, counts }: Verification,
  isSigning: boolean,
  print: Print,
): void => {
  for (const finding of findings) print(lineOf(finding));
  if (since > 0) print(`The first ${since} events were not read: their record and their heads were trusted.`);
  print(`Checked ${events} events of ${streams} streams, ${recorded} of them recorded, and ${heads} signed heads.`);
  for (const { at, reason, agrees_until } of restores)
    print(
      `An older copy of the log was restored and accepted at ${at} (${reason}): own heads of more than ${agrees_until} events before it were not compared.`,
    );
  if (!isSigned) print('No head of the log is signed, so the record itself may have been changed.');
  else if (headFiles === 0)
    print(
      'This machine keeps no heads in DATA_DIR/heads: only those in the database, and those that you gave, were compared.',
    );
  if (!isSigning)
    print(
      'LOG_KEY is off: nothing is signed now, and earlier heads were checked with the keys that the database lists.',
    );
  const total = Object.values(counts).reduce((sum, count) => sum + count, 0);
  print(total === 0 ? 'Everything is as it was recorded.' : total === 1 ? '1 finding.' : `${total} findings.`);
};

/** What a person can put right is told as it is. */
const asUsageError = (error: unknown): UsageError => {
  if (error instanceof ReplacedLogKeys || error instanceof NotRecordedYet) return new UsageError(`${error.message}.`);
  throw error;
};

const run = async (
  config: Config,
  given: { readonly kept: readonly GivenHead[]; readonly since: number },
  isShown: boolean,
): Promise<Verification> => {
  const onProgress = createProgress(isShown);
  const outcome = await withContainer(config, (container) =>
    verifyLog(verifyDeps(config, container), { ...given, onProgress }).catch(asUsageError),
  ).finally(() => (isShown ? process.stderr.write('\n') : undefined));
  if (outcome instanceof UsageError) throw outcome;
  return outcome;
};

/** `verify`: reads the whole log and tells what is not as it was recorded. */
export const verifyCommand = async (args: readonly string[], print: Print): Promise<void> => {
  process.exitCode = 2; // until it is known
  const { head, since, json = false } = optionsOf(args);
  const given = { kept: await readKept(head), since: readSince(since) };
  const config = loadConfig();
  const verification = await run(config, given, process.stderr.isTTY);
  if (json) print(JSON.stringify(verification));
  else tell(verification, config.secrets.logKeys !== undefined, print);
  process.exitCode = Object.keys(verification.counts).length === 0 ? 0 : 1;
};

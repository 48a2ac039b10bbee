import { demandNewFolder, FolderInUse, NotProvable, PackTooLarge, writePack } from '../audit/index.ts';
import {
  eventsOfDays,
  eventsOfStreams,
  PACK_READS,
  packDeps,
  streamsOfSubject,
  type PackSubject,
} from '../app/compose/pack.ts';
import type { Container } from '../app/container.ts';
import { withContainer } from '../app/with-container.ts';
import { businessDayIn } from '../platform/business-day.ts';
import { plural } from '../platform/plural.ts';
import { loadConfig, type Config } from '../config/index.ts';
import { bringUpToDate } from './catch-up.ts';
import { signHead } from './log.ts';
import { demandNoMore, parseFlags, unknownWord } from './command-words.ts';
import { UsageError } from './usage-error.ts';

const USAGE = `Use: audit export --order <number or id> --out <new folder>
     audit export --customer <id> --out <new folder>
     audit export --from <day> --to <day> --out <new folder>

Writes events with the proofs that they are in the signed log, documents, and a program that checks them without Waybill.`;

type Print = (line: string) => void;

const flagsOf = (args: readonly string[]) => {
  const text = { type: 'string' } as const;
  const options = { order: text, customer: text, from: text, to: text, out: text } as const;
  return parseFlags({ args: [...args], allowPositionals: true, options }, USAGE);
};

const DAY = /^\d{4}-\d{2}-\d{2}$/;

const subjectOf = ({ order, customer, from, to }: ReturnType<typeof flagsOf>['values']): PackSubject => {
  const given = [order, customer, from].filter((value) => value !== undefined);
  if (given.length !== 1 || (from === undefined) !== (to === undefined)) throw new UsageError(USAGE);
  if (order !== undefined) return { order };
  if (customer !== undefined) return { customer };
  if (from === undefined || to === undefined || !DAY.test(from) || !DAY.test(to) || from > to)
    throw new UsageError('--from and --to are days such as 2026-01-31, and --from is not after --to');
  return { from, to };
};

const isExpected = (error: unknown): error is Error =>
  error instanceof FolderInUse || error instanceof NotProvable || error instanceof PackTooLarge;

const eventsOf = async (config: Config, container: Container, subject: PackSubject) => {
  if ('from' in subject) return eventsOfDays(container, subject, config.businessTimeZone);
  const streams = await streamsOfSubject(container, subject);
  if (streams.length === 0)
    throw new UsageError(
      'order' in subject
        ? `There is no order ${JSON.stringify(subject.order)}. Check its number or id.`
        : `The customer ${JSON.stringify(subject.customer)} has no orders.`,
    );
  return eventsOfStreams(container, streams);
};

/** A day that has not come yet has nothing to prove, and a pack of it would look as if it had. */
const demandBegun = (subject: PackSubject, today: string): void => {
  if ('from' in subject && subject.to > today)
    throw new UsageError(`--to is ${subject.to}, which is in the future: today is ${today}`);
};

const exportPack = (config: Config, subject: PackSubject, folder: string) => {
  demandBegun(subject, businessDayIn(config.businessTimeZone)(new Date().toISOString()));
  return withContainer(config, async (container) => {
    const { logKeys } = config.secrets;
    if (logKeys === undefined)
      throw new UsageError('LOG_KEY is off, so heads of the log are not signed and nothing can be proven; set LOG_KEY');
    const deps = packDeps(logKeys, container);
    await bringUpToDate(container, config, PACK_READS);
    const head = await signHead(config, container);
    if (head === undefined) throw new UsageError('The log is empty: there is nothing to export.');
    const events = await eventsOf(config, container, subject);
    return writePack(deps, { folder, selection: { ...subject }, isWhole: !('from' in subject), head, events });
  });
};

/** `audit export`: writes a pack that proves itself, for an auditor to take away. */
export const auditCommand = async (args: readonly string[], print: Print): Promise<void> => {
  const { values, positionals } = flagsOf(args);
  const { out } = values;
  const [verb, ...more] = positionals;
  if (verb !== undefined && verb !== 'export') throw unknownWord('command', verb, { known: ['export'], usage: USAGE });
  demandNoMore(more, USAGE);
  if (verb === undefined || out === undefined) throw new UsageError(USAGE);
  const subject = subjectOf(values);
  try {
    await demandNewFolder(out); // before a head is signed
    const { events, streams, documents } = await exportPack(loadConfig(), subject, out);
    print(
      `${plural(events, 'event')} of ${plural(streams, 'stream')} and ${plural(documents, 'document')} were written to ${out}.`,
    );
    if (events === 0) print('Nothing was recorded on these days: the pack proves nothing.');
    print(`Check them without Waybill: cd ${out} && node verify.mjs`);
  } catch (error) {
    throw isExpected(error) ? new UsageError(error.message) : error;
  }
};

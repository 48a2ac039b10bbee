import type { Knex } from 'knex';
import { handleOrThrow, SYSTEM } from '../commands/index.ts';
import { auditDecider } from '../domain/audit/index.ts';
import { auditStream } from '../event-store/stream-names.ts';
import type { EventStore } from '../event-store/port.ts';
import { readAuditEvents } from './audit-events.ts';
import { parseCheckpoint, type Checkpoint } from './formats/checkpoint.ts';
import { isSameHash } from './formats/merkle.ts';
import { InvalidNote, splitNote } from './formats/signed-note.ts';
import { headFilesIn } from './head-files.ts';
import { readEpoch, readHeadNotes, type Head } from './heads.ts';
import { forgetRecord, readProgress, recordedRoot } from './log-tree.ts';
import { baseOf, epochOf, isEarlierOrigin, originOf } from './origins.ts';
import { aboutLog, type ChangeLogDeps } from './rotate-keys.ts';

/** Nothing was restored: there is nothing to accept. */
export class NothingRestored extends Error {
  override readonly name = 'NothingRestored';
}

/** Heads that were signed before: they may claim anything, which at worst gives up too much. */
const earlierHeads = async (db: Knex, folder: string, base: string) => {
  const notes = (await readHeadNotes(db)).map(({ note }) => note);
  for await (const { note } of headFilesIn(folder)) notes.push(note);
  return notes.flatMap((note) => {
    try {
      const checkpoint = parseCheckpoint(splitNote(note).text);
      const epoch = epochOf(checkpoint.origin, base);
      return epoch === undefined ? [] : [{ ...checkpoint, epoch }];
    } catch (error) {
      if (error instanceof InvalidNote) return [];
      throw error;
    }
  });
};

/** The restores that the log tells of: anyone who writes the store can write such an event. */
const readRestored = async (reading: Pick<AcceptRestoreDeps, 'db' | 'store'>) =>
  (await readAuditEvents(reading, 'LogRestored')).map(({ event: { data } }) => ({
    origin: typeof data['origin'] === 'string' ? data['origin'] : '',
    agrees_until: Number(data['agrees_until']),
  }));

type AcceptRestoreDeps = ChangeLogDeps & {
  readonly db: Knex;
  readonly store: Pick<EventStore, 'readStream'>;
  readonly folder: string;
};

/**
 * Accepts that an older copy of the log was restored: the log says so, and heads are signed under another origin from
 * now on, so that no two heads of one origin contradict each other. A record that is ahead of the log is made again.
 * @throws NothingRestored when the log matches every earlier head, or an accepted restore has given it up
 */
export const acceptRestore = async (
  { db, store, folder, handle, heads, record, now = () => new Date() }: AcceptRestoreDeps,
  reason: string,
): Promise<Head | undefined> => {
  const current = await readEpoch(db);
  if (current === undefined) throw new NothingRestored('no head was signed yet');
  const base = baseOf(current.origin, current.epoch);
  if ((await readProgress(db)).failure !== null) await forgetRecord(db);
  await record();

  const { size } = await readProgress(db);
  const earlier = await Promise.all(
    (await earlierHeads(db, folder, base)).map(async (head) => ({
      ...head,
      isGood: head.size <= size && isSameHash(await recordedRoot(db, head.size), head.root),
    })),
  );
  // Under an origin that the database still knows: otherwise a backup from before that restore was restored since.
  const accepted = (await readRestored({ db, store })).filter(
    ({ origin: begun }) =>
      (epochOf(begun, base) ?? Infinity) <= current.epoch &&
      earlier.some((head) => head.isGood && head.origin === begun),
  );
  const isGivenUp = ({ origin: of, size: signed }: Checkpoint): boolean =>
    accepted.some((restore) => signed > restore.agrees_until && isEarlierOrigin(of, restore.origin));
  const counting = earlier.filter((head) => head.isGood || !isGivenUp(head));
  const bad = counting.filter(({ isGood }) => !isGood).map((head) => head.size);
  if (bad.length === 0)
    throw new NothingRestored(
      `the log matches every earlier head${accepted.length === 0 ? '' : ' that no accepted restore has given up'}`,
    );
  const good = counting.filter((head) => head.isGood && head.size < Math.min(...bad));
  // A backup may have forgotten epochs that head files still tell of.
  const epoch = Math.max(current.epoch, ...earlier.map((head) => head.epoch)) + 1;
  const origin = originOf(base, epoch);
  const context = aboutLog(`AcceptRestore/${origin}`, now());
  await handleOrThrow(handle, auditDecider, {
    stream: auditStream(context.at.slice(0, 4)),
    command: {
      type: 'AcceptRestore',
      data: {
        reason,
        previous_origin: current.origin,
        origin,
        agrees_until: Math.max(0, ...good.map((head) => head.size)),
        signed_until: Math.max(...counting.map((head) => head.size)),
      },
      at: context.at,
      by: SYSTEM,
    },
    context,
  });
  await record();
  return heads.begin({ epoch, origin });
};

import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Knex } from 'knex';
import { isUuid } from '../../platform/uuid.ts';
import { MAIL_KINDS } from '../kinds.ts';
import { messageIdOf } from '../message-id.ts';

const fileOf = (folder: string, id: string): string => join(folder, `${id}.eml`);

const exists = async (folder: string): Promise<ReadonlySet<string>> =>
  new Set(
    (await readdir(folder).catch(() => [])).flatMap((name) => (name.endsWith('.eml') ? [name.slice(0, -4)] : [])),
  );

/**
 * The messages about these events that are files. A file whose process died before it noted the message is found, too: its
 * name follows from the event.
 */
const filesAbout = async (folder: string, eventIds: readonly string[]): Promise<readonly string[]> => {
  const files = await exists(folder);
  return eventIds.flatMap((event) => MAIL_KINDS.map((kind) => messageIdOf(event, kind))).filter((id) => files.has(id));
};

/** How many messages about these events are files. */
export const countMessageFiles = async (folder: string, eventIds: readonly string[]): Promise<number> =>
  (await filesAbout(folder, eventIds)).length;

/** Deletes the messages about these events that are files, and answers how many there were. */
export const deleteMessageFiles = async (folder: string, eventIds: readonly string[]): Promise<number> => {
  const ids = await filesAbout(folder, eventIds);
  for (const id of ids) await rm(fileOf(folder, id), { force: true });
  return ids.length;
};

const ASKED_AT_ONCE = 1_000;

/** Deletes the files of all messages whose customer was erased: each process has a folder of its own, perhaps. */
export const deleteFilesOfErased = async (db: Knex, folder: string): Promise<void> => {
  const files = [...(await exists(folder))].filter(isUuid);
  for (let at = 0; at < files.length; at += ASKED_AT_ONCE) {
    const { rows } = await db.raw<{ rows: readonly { id: string }[] }>(
      `select m.id from messages m join data_keys k on k.id = m.key_id where m.id = any(?::uuid[]) and k.wrapped is null`,
      [files.slice(at, at + ASKED_AT_ONCE)],
    );
    for (const { id } of rows) await rm(fileOf(folder, id), { force: true });
  }
};

import { readdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import MailComposer from 'nodemailer/lib/mail-composer';
import { makeFolder } from '../../platform/make-folder.ts';
import { composeMail } from './compose.ts';
import type { MailAddress, Mailer } from './port.ts';

/** A draft that is older than this was left by a process that was killed while it wrote. Milliseconds. */
const LEFT_AFTER_MS = 60_000;

const removeLeftDrafts = (folder: string): void => {
  for (const name of readdirSync(folder)) {
    const path = join(folder, name);
    const writtenAt = name.startsWith('.') ? statSync(path, { throwIfNoEntry: false })?.mtimeMs : undefined;
    if (writtenAt !== undefined && Date.now() - writtenAt > LEFT_AFTER_MS) rmSync(path, { force: true });
  }
};

/** Without a mail server: every mail is a file `<id>.eml` in a folder, whole or not there. */
export const createEmlMailer = ({ folder, from }: { readonly folder: string; readonly from: MailAddress }): Mailer => {
  makeFolder(folder);
  removeLeftDrafts(folder);
  return {
    repeatable: true,
    send: async (mail) => {
      const message = await new MailComposer(composeMail(mail, from)).compile().build();
      const draft = join(folder, `.${mail.id}.${process.pid}`);
      // A few kilobytes: sending them to another thread and back would cost several times as much.
      try {
        writeFileSync(draft, message, { mode: 0o600 });
        renameSync(draft, join(folder, `${mail.id}.eml`));
      } catch (error) {
        rmSync(draft, { force: true }); // on a full disk a half-written draft is in the way of everything else
        throw error;
      }
      return 'written';
    },
    close: () => undefined,
  };
};

import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import MailComposer from 'nodemailer/lib/mail-composer';
import { composeMail } from './compose.ts';
import type { MailAddress, Mailer } from './port.ts';

/** Without a mail server: every mail is a file `<id>.eml` in a folder, whole or not there. */
export const createEmlMailer = ({ folder, from }: { readonly folder: string; readonly from: MailAddress }): Mailer => {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
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

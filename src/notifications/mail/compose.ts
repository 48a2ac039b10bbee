import type { SendMailOptions } from 'nodemailer';
import { MailRejected, type Mail, type MailAddress } from './port.ts';

/** One mailbox and nothing else: no list, no comment, no route, nothing that ends a line. */
const MAILBOX = /^[^\s"(),:;<>@[\\\]\p{Cc}]{1,64}@[^\s"(),:;<>@[\\\]\p{Cc}]{1,190}$/u;

/** Line ends and other control characters have no place in a header. */
const inOneLine = (text: string): string => text.replace(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ').trim();

const addressOf = ({ name, address }: MailAddress) => ({ name: inOneLine(name ?? ''), address });

const domainOf = ({ address }: MailAddress): string => address.slice(address.lastIndexOf('@') + 1);

/**
 * A mail as nodemailer takes it. Only texts and bytes of ours go in; nodemailer may open no file and no address.
 * @throws MailRejected when the address is none that mail can be sent to
 */
export const composeMail = (mail: Mail, from: MailAddress): SendMailOptions => {
  if (!MAILBOX.test(mail.to.address)) throw new MailRejected('the address is not one that mail can be sent to');
  const domain = domainOf(from);
  const { attachment } = mail;
  return {
    messageId: `<${mail.id}@${domain}>`,
    date: new Date(mail.at),
    from: addressOf(from),
    to: addressOf(mail.to),
    subject: inOneLine(mail.subject),
    // Mailboxes show what belongs to one order together.
    references: `<${mail.thread}@${domain}>`,
    headers: { 'Auto-Submitted': 'auto-generated', 'Content-Language': mail.language },
    text: mail.text,
    html: mail.html,
    attachments:
      attachment === null
        ? []
        : [
            {
              filename: attachment.file_name,
              contentType: attachment.content_type,
              content: Buffer.from(attachment.bytes),
            },
          ],
    disableFileAccess: true,
    disableUrlAccess: true,
  };
};

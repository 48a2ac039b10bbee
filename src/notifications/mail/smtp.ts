import nodemailer, { type Transporter } from 'nodemailer';
import { composeMail } from './compose.ts';
import { MailRejected, MailServerAway, type Mail, type MailAddress, type Mailer } from './port.ts';

export type SmtpOptions = {
  readonly host: string;
  /** 465: TLS from the first byte. Any other: STARTTLS. */
  readonly port: number;
  /** Undefined: the server needs no login. */
  readonly login: { readonly user: string; readonly password: string } | undefined;
  readonly from: MailAddress;
  /** On this machine mail may go unencrypted, and any certificate is accepted. Elsewhere neither. */
  readonly isLoopback: boolean;
  /** How long the server may be silent, in milliseconds. Default 15000. */
  readonly silenceMs?: number;
  /** How long one mail may take in all, in milliseconds. Default 60000. */
  readonly limitMs?: number;
};

/** Mails on their way at once, each on a connection of its own. */
export const SMTP_CONNECTIONS = 5;
const IMPLICIT_TLS = 465;

type SmtpFailure = Error & { readonly code?: string; readonly responseCode?: number };

/** What the server says to one mail, as opposed to what it says to us. */
const ABOUT_THE_MAIL = new Set(['EENVELOPE', 'EMESSAGE']);
/** The server's reply when it closes a connection. */
const CLOSING = 421;

const explained = (error: unknown): Error => {
  if (!(error instanceof Error)) return new MailServerAway(String(error));
  const { code = '', responseCode = 0, message } = error as SmtpFailure; // nodemailer adds the two
  if (!ABOUT_THE_MAIL.has(code) || responseCode === CLOSING) return new MailServerAway(message, { cause: error });
  return responseCode >= 500 ? new MailRejected(message, { cause: error }) : error;
};

const within = async <T>(work: Promise<T>, ms: number): Promise<T> => {
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new MailServerAway('the mail server does not come to an end')), ms);
  });
  return Promise.race([work, limit]).finally(() => clearTimeout(timer));
};

/** Sends through a mail server. */
export const createSmtpMailer = (options: SmtpOptions): Mailer => {
  const { host, port, login, from, isLoopback, silenceMs = 15_000, limitMs = 60_000 } = options;
  const open = (): Transporter =>
    nodemailer.createTransport({
      pool: true,
      maxConnections: SMTP_CONNECTIONS,
      host,
      port,
      secure: port === IMPLICIT_TLS,
      requireTLS: !isLoopback,
      tls: { rejectUnauthorized: !isLoopback },
      ...(login !== undefined && { auth: { user: login.user, pass: login.password } }),
      connectionTimeout: silenceMs,
      greetingTimeout: silenceMs,
      socketTimeout: silenceMs,
      dnsTimeout: silenceMs,
    });
  let transport: Transporter | undefined;

  const send = async (mail: Mail): Promise<'sent'> => {
    const composed = composeMail(mail, from);
    transport ??= open();
    try {
      await within(transport.sendMail(composed), limitMs);
      return 'sent';
    } catch (error) {
      throw error instanceof MailServerAway ? error : explained(error);
    }
  };

  return {
    repeatable: false,
    send,
    close: () => {
      transport?.close();
      transport = undefined;
    },
  };
};

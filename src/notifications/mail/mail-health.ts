import { constants } from 'node:fs';
import { access } from 'node:fs/promises';
import { connect as connectPlain } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { makeFolder } from '../../platform/make-folder.ts';

/** Whether mail can go out from here; else why not, without addresses. Never throws. */
export type CheckMail = () => Promise<string | undefined>;

export type MailServer = { readonly host: string; readonly port: number };

const IMPLICIT_TLS = 465;
const TIMEOUT_MS = 2_000;
/** A server is not asked more often than this: it would take us for a nuisance. */
const REMEMBERED_MS = 10_000;

/** Connects, waits for the greeting, and leaves. */
const isGreeted = ({ host, port }: MailServer): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = port === IMPLICIT_TLS ? connectTls({ host, port, servername: host }) : connectPlain({ host, port });
    const end = (greeted: boolean): void => {
      clearTimeout(timer);
      socket.destroy();
      resolve(greeted);
    };
    const timer = setTimeout(() => end(false), TIMEOUT_MS);
    socket.once('error', () => end(false));
    socket.once('close', () => end(false));
    socket.once('data', (greeting: Buffer) => {
      socket.write('QUIT\r\n');
      end(greeting.toString('latin1').startsWith('220'));
    });
  });

export const checkMailServer = (server: MailServer): CheckMail => {
  let known: { readonly at: number; readonly greeted: Promise<boolean> } | undefined;
  return async () => {
    if (known === undefined || Date.now() - known.at > REMEMBERED_MS)
      known = { at: Date.now(), greeted: isGreeted(server) };
    return (await known.greeted) ? undefined : 'the mail server does not answer; messages wait for it';
  };
};

/** Messages are written into a folder of this machine. */
export const checkMailFolder =
  (folder: string): CheckMail =>
  async () => {
    try {
      makeFolder(folder);
      await access(folder, constants.W_OK);
      return undefined;
    } catch {
      return 'the folder for messages cannot be written to';
    }
  };

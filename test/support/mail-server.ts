import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { SMTPServer, type SMTPServerDataStream, type SMTPServerOptions, type SMTPServerSession } from 'smtp-server';

export type Received = {
  readonly from: string;
  readonly to: readonly string[];
  readonly raw: string;
  /** Whether it came encrypted. */
  readonly secure: boolean;
  readonly user: string | undefined;
};

export type MailServer = {
  readonly port: number;
  /** What was accepted, oldest first. */
  readonly received: readonly Received[];
  readonly close: () => Promise<void>;
};

/** What the server says to a recipient; undefined: welcome. Never settling: it hangs. */
type Judge = (address: string) => Promise<{ readonly code: number; readonly message: string } | undefined>;

const rejected = ({ code, message }: { readonly code: number; readonly message: string }) =>
  Object.assign(new Error(message), { responseCode: code });

const textOf = async (stream: SMTPServerDataStream): Promise<string> => {
  const chunks: Buffer[] = [];
  for await (const chunk of stream as AsyncIterable<Buffer>) chunks.push(chunk);
  return Buffer.concat(chunks).toString('utf8');
};

const receivedOf = (session: SMTPServerSession, raw: string): Received => ({
  raw,
  from: session.envelope.mailFrom === false ? '' : session.envelope.mailFrom.address,
  to: session.envelope.rcptTo.map(({ address }) => address),
  secure: session.secure,
  user: typeof session.user === 'string' ? session.user : undefined,
});

/** A real mail server on this machine. */
export const startMailServer = async ({
  judge = () => Promise.resolve(undefined),
  options = {},
}: { readonly judge?: Judge; readonly options?: SMTPServerOptions } = {}): Promise<MailServer> => {
  const received: Received[] = [];
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    closeTimeout: 100,
    onRcptTo: ({ address }, _session, done) =>
      void judge(address).then((rejection) => done(rejection === undefined ? undefined : rejected(rejection))),
    onData: (stream, session, done) =>
      void textOf(stream).then((raw) => {
        received.push(receivedOf(session, raw));
        done();
      }),
    ...options,
  });
  server.on('error', () => undefined); // clients that go away in the middle are part of the tests
  const listening = server.listen(0, '127.0.0.1');
  await once(listening, 'listening');
  return {
    port: (listening.address() as AddressInfo).port, // listening on TCP
    received,
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
};

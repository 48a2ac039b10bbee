import { destination, pino, stdTimeFunctions, type DestinationStream, type Logger } from 'pino';
import type { Config } from '../config/index.ts';

export type { Logger } from 'pino';

export type LoggerOptions = {
  readonly level: Config['logLevel'];
  /** Which process writes: api, projector, worker, supervisor. */
  readonly role: string;
  /** Default: standard output, see `standardOutput`. */
  readonly stream?: DestinationStream;
};

/** Credentials and personal data, wherever up to three levels down an object carries them. */
const HIDDEN = [
  'authorization',
  'cookie',
  'password',
  'token',
  'secret',
  'jwt_secret',
  'master_key',
  'api_key',
  'payment_token',
  'personal',
  'customer_email',
  'customer_name',
  'shipping_address',
  'billing_address',
  'email',
  'phone',
  'connectionString',
];
const HIDDEN_QUOTED = ['x-api-key', 'set-cookie'];

const paths = ['', '*.', '*.*.'].flatMap((depth) => HIDDEN.map((name) => `${depth}${name}`));
const quotedPaths = ['', '*', '*.*'].flatMap((depth) => HIDDEN_QUOTED.map((name) => `${depth}["${name}"]`));

/**
 * Written at once: a killed process takes no line with it. Writing behind the request's back was measured 7 % faster, but
 * at exit it waits for ever for a reader that is gone, and a role must end within a second of its supervisor.
 */
const standardOutput = (): DestinationStream => destination({ dest: 1, sync: true });

/** What JSON need not escape and a terminal or a reader of lines may act on all the same. */
const ACTED_ON = /[\u007f-\u009f\u2028\u2029]/;
const EACH_ACTED_ON = new RegExp(ACTED_ON, 'g');

const escape = (character: string): string => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;

/** Text that came from outside stays text: it moves no terminal and begins no line. */
const harmless = (stream: DestinationStream): DestinationStream => ({
  write: (line) => stream.write(ACTED_ON.test(line) ? line.replace(EACH_ACTED_ON, escape) : line),
});

/** One JSON object a line, time first readable by people, never a secret. */
export const createLogger = ({ level, role, stream = standardOutput() }: LoggerOptions): Logger =>
  pino(
    {
      level,
      base: { role, pid: process.pid },
      timestamp: stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      redact: { paths: [...paths, ...quotedPaths], censor: '[hidden]' },
    },
    harmless(stream),
  );

import { destination, pino, stdTimeFunctions, type DestinationStream, type LevelWithSilent, type Logger } from 'pino';
import { forTerminal } from './terminal-log.ts';

export type { Logger } from 'pino';

export type LogLevel = LevelWithSilent;

export type LoggerOptions = {
  readonly level: LogLevel;
  /** Which process writes: api, projector, worker, supervisor. */
  readonly role: string;
  /** Properties that are hidden as credentials are. Default: none. */
  readonly hidden?: readonly string[];
  /** Default: standard output, see `standardOutput`. */
  readonly stream?: DestinationStream;
};

/** Properties that hold credentials. */
const CREDENTIALS = [
  'authorization',
  'cookie',
  'password',
  'token',
  'secret',
  'jwt_secret',
  'master_key',
  'api_key',
  'connectionString',
];
const QUOTED_CREDENTIALS = ['x-api-key', 'set-cookie'];

/** Wherever an object carries such a property, up to three levels down. */
const pathsTo = (names: readonly string[]): readonly string[] => [
  ...['', '*.', '*.*.'].flatMap((depth) => names.map((name) => `${depth}${name}`)),
  ...['', '*', '*.*'].flatMap((depth) => QUOTED_CREDENTIALS.map((name) => `${depth}["${name}"]`)),
];

/**
 * Written at once: a killed process takes no line with it. Writing behind the request's back was measured 7 % faster, but
 * at exit it waits for ever for a reader that is gone, and a role must end within a second of its supervisor.
 */
const standardOutput = (): DestinationStream => {
  const output = destination({ dest: 1, sync: true });
  return process.stdout.isTTY ? forTerminal(output) : output;
};

/** What JSON need not escape and a terminal or a reader of lines may act on all the same. */
const ACTED_ON = /[\u007f-\u009f\u2028\u2029]/;
const EACH_ACTED_ON = new RegExp(ACTED_ON, 'g');

const escape = (character: string): string => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;

/** Text that came from outside stays text: it moves no terminal and begins no line. */
const harmless = (stream: DestinationStream): DestinationStream => ({
  write: (line) => stream.write(ACTED_ON.test(line) ? line.replace(EACH_ACTED_ON, escape) : line),
});

/** Writes one JSON object a line, or a line for people where standard output is a terminal; never a credential. */
export const createLogger = ({ level, role, hidden = [], stream = standardOutput() }: LoggerOptions): Logger =>
  pino(
    {
      level,
      base: { role, pid: process.pid },
      timestamp: stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      redact: { paths: [...pathsTo([...CREDENTIALS, ...hidden])], censor: '[hidden]' },
    },
    harmless(stream),
  );

import { createRequire } from 'node:module';
import type { DestinationStream } from 'pino';
import type { PrettyOptions } from 'pino-pretty';

type Printer = {
  readonly prettyFactory: (options: PrettyOptions) => (line: string) => string;
  readonly isColorSupported: boolean;
};

/** Required when it is first needed: servers, whose lines are JSON, never load it. */
const loadPrinter = (): Printer => createRequire(import.meta.url)('pino-pretty') as Printer;

/** Escapes of JSON: those that a terminal would act on once they are read stay escapes. */
const ESCAPE = /\\(?:u[0-9a-f]{4}|.)/gi;
const MAY_BE_READ = /^\\["\\/nt]$/;

const keepEscaped = (escape: string): string => (MAY_BE_READ.test(escape) ? escape : `\\${escape}`);

/** Lines for people: time, severity, role and message, then what belongs to it. Text from outside moves no terminal. */
export const forTerminal = (stream: DestinationStream, hasColours?: boolean): DestinationStream => {
  const { prettyFactory, isColorSupported } = loadPrinter();
  const print = prettyFactory({
    colorize: hasColours ?? isColorSupported,
    translateTime: 'SYS:HH:MM:ss.l',
    messageFormat: '{role}: {msg}',
    ignore: 'role,pid',
    singleLine: true,
  });
  return { write: (line) => stream.write(print(line.replace(ESCAPE, keepEscaped))) };
};

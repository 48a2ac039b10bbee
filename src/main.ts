#!/usr/bin/env node
import { unknownWord } from './cli/command-words.ts';
import { UsageError } from './cli/usage-error.ts';

const USAGE = `Use: npm start                              start everything
     node dist/main.js start api worker     start these roles, one process each
     node dist/main.js projector            run this role in this process
     npm run --silent token -- --role admin  print a token for the API
     npm run demo                           run three orders from placement to delivery, and return one
     npm run sandbox                        run test doubles of the merchant's other services
     npm run projections -- list|rebuild|diff|rollback …   look at read models and rebuild them
     npm run jobs -- backfill               create every missing document
     npm run --silent apikeys -- create|list|revoke   manage the API keys of services
     npm run keys -- rotate                 wrap the data keys with a new MASTER_KEY
     npm run --silent log -- head           sign a head of the log, and print it
     npm run verify                         compare the whole log with its record and its signed heads
     npm run audit -- export --order <number> --out <folder>   write a pack that proves itself, for an auditor
     npm run shop -- load <file>|show       manage the local catalogue and carts
     npm run seed -- --orders 10000         fill the shop with a believable history
     npm run export -- orders --out <file>  write orders, returns, payments, … or the whole history to a file
     npm run import -- <file> --profile shopify   import the orders of another shop system`;

// These commands write their results to standard output.
const print = (line: string): void => console.log(line);

type Command = (args: readonly string[]) => Promise<void>;

// Each command loads only what it needs: a token does not wait for fonts, nor a restarted projector for HTTP.
const role = (name: 'api' | 'projector' | 'worker'): Command => {
  return async () => (await import('./app/roles/run-role.ts')).runRoleAlone(name);
};
const COMMANDS: ReadonlyMap<string, Command> = new Map<string, Command>([
  ['start', async (args) => (await import('./cli/start.ts')).startCommand(args, print)],
  ['api', role('api')],
  ['projector', role('projector')],
  ['worker', role('worker')],
  ['token', async (args) => (await import('./cli/token.ts')).tokenCommand(args, print)],
  ['projections', async (args) => (await import('./cli/projections.ts')).projectionsCommand(args, print)],
  ['jobs', async (args) => (await import('./cli/jobs.ts')).jobsCommand(args, print)],
  ['apikeys', async (args) => (await import('./cli/api-keys.ts')).apiKeysCommand(args, print)],
  ['keys', async (args) => (await import('./cli/keys.ts')).keysCommand(args, print)],
  ['log', async (args) => (await import('./cli/log.ts')).logCommand(args, print)],
  ['verify', async (args) => (await import('./cli/verify.ts')).verifyCommand(args, print)],
  ['audit', async (args) => (await import('./cli/audit.ts')).auditCommand(args, print)],
  ['shop', async (args) => (await import('./cli/shop.ts')).shopCommand(args, print)],
  ['demo', async () => (await import('./cli/demo/demo-command.ts')).demoCommand(print)],
  ['export', async (args) => (await import('./cli/export.ts')).exportCommand(args, print)],
  ['import', async (args) => (await import('./cli/import.ts')).importCommand(args, print)],
  ['seed', async (args) => (await import('./cli/seed.ts')).seedCommand(args, print)],
  ['sandbox', async (args) => (await import('./cli/sandbox/sandbox-command.ts')).sandboxCommand(args, print)],
  ['help', async () => Promise.resolve(USAGE).then(print)],
]);

// Only a failure loads what it takes to name its cause.
const explain = async (error: unknown): Promise<string> => {
  if (error instanceof UsageError) return error.message;
  return (await import('./app/explain-failure.ts')).explainFailure(error);
};

const run = async ([word = 'start', ...args]: readonly string[]): Promise<void> => {
  const command = COMMANDS.get(/^(-h|--help)$/.test(word) ? 'help' : word);
  if (command === undefined) throw unknownWord('command', word, { known: [...COMMANDS.keys()], usage: USAGE });
  await command(args);
};

process.setSourceMapsEnabled(true); // stacks name the TypeScript
try {
  await run(process.argv.slice(2));
} catch (error) {
  console.error(await explain(error));
  process.exitCode ??= 1; // a command may have said more
}

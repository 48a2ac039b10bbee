#!/usr/bin/env node
import { jobsCommand, projectionsCommand, tokenCommand } from './cli/commands.ts';
import { demoCommand } from './cli/demo-command.ts';
import { explainFailure } from './cli/explain-failure.ts';
import { runRoleAlone } from './cli/role-process.ts';
import { isRole, startCommand } from './cli/start.ts';
import { UsageError } from './cli/usage-error.ts';

const USAGE = `Use: npm start                              everything in one go
     node dist/main.js start api worker     these roles, each in a process of its own
     node dist/main.js projector            this role, in this process
     npm run --silent token -- --role admin a token for the API
     npm run demo                           two orders from placing to the invoice
     npm run projections -- rebuild <name>  a read model from the first event
     npm run jobs -- backfill               every document that is missing`;

// Standard output is where these commands answer.
const print = (line: string): void => console.log(line);

const run = async ([command = 'start', ...args]: readonly string[]): Promise<void> => {
  if (isRole(command)) return runRoleAlone(command);
  if (command === 'start') return startCommand(args, print);
  if (command === 'token') return tokenCommand(args, print);
  if (command === 'projections') return projectionsCommand(args, print);
  if (command === 'jobs') return jobsCommand(args, print);
  if (command === 'demo') return demoCommand(print);
  throw new UsageError(USAGE);
};

try {
  await run(process.argv.slice(2));
} catch (error) {
  console.error(error instanceof UsageError ? error.message : explainFailure(error));
  process.exitCode = 1;
}

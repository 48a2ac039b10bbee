import { createShutdown } from '../../app/shutdown.ts';
import { parseFlags } from '../command-words.ts';
import { UsageError } from '../usage-error.ts';
import { FAULTS } from './faults.ts';
import { SERVICES, startSandbox } from './merchant-services.ts';

const USAGE = 'Use: npm run sandbox [-- --port 9001]   port of the first of six services; 0 picks free ports';
const FIRST_PORT = '9001';

const portOf = (args: readonly string[]): number => {
  const options = { port: { type: 'string', default: FIRST_PORT } } as const;
  const { values: flags } = parseFlags({ args: [...args], options }, USAGE);
  const port = Number(flags.port);
  const most = 65_535 - SERVICES.length;
  if (!/^\d{1,5}$/.test(flags.port) || port > most)
    throw new UsageError(`--port is ${JSON.stringify(flags.port)}; expected a whole number from 0 to ${most}`);
  return port;
};

/** `sandbox`: runs the merchant's other services in memory until Ctrl-C, and prints how to start Waybill with them. */
export const sandboxCommand = async (args: readonly string[], print: (line: string) => void): Promise<void> => {
  const sandbox = await startSandbox({ port: portOf(args) });
  createShutdown().onShutdown(sandbox.stop);
  for (const [name, value] of Object.entries(sandbox.variables)) print(`${name}=${value}`);
  print(
    [
      '',
      'Start Waybill with these variables. Each service fails on demand, for a number of requests or until you send null:',
      `  curl -X PUT ${sandbox.cart.url}/_sandbox/fault -d '{"fault": "slow", "times": 3}'`,
      `  faults: ${FAULTS.join(', ')}; received requests: GET /_sandbox/asked`,
    ].join('\n'),
  );
};

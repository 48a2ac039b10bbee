/**
 * Not a test: a supervisor with three roles that the tests kill and stop. Without a role as last argument it is the
 * supervisor. Every process writes lines `<role> <what>` to standard output.
 */
import { existsSync } from 'node:fs';
import { failBoot, reportReady } from '../../src/app/role-channel.ts';
import { createShutdown } from '../../src/app/shutdown.ts';
import { forkRole, supervise } from '../../src/app/supervisor.ts';

const ROLES = ['api', 'projector', 'worker'] as const;
type Role = (typeof ROLES)[number];

const [, program = '', folder = '', last] = process.argv;
const role = ROLES.find((name) => name === last);
const say = (line: string): void => void process.stdout.write(`${role ?? 'supervisor'} ${line}\n`);

const runRole = async (name: Role): Promise<void> => {
  const shutdown = createShutdown();
  // A file in the folder is the fault that a test plants.
  if (existsSync(`${folder}/${name}-cannot-start`)) await failBoot(`the ${name} cannot start: its file is there`);
  if (existsSync(`${folder}/${name}-dies-at-boot`)) process.exit(7);
  const alive = setInterval(() => undefined, 1000);
  shutdown.onShutdown(() => {
    say('stopped');
    clearInterval(alive);
  });
  shutdown.onShutdown(async () => {
    say('stopping');
    const hangs = existsSync(`${folder}/${name}-hangs`);
    await new Promise((resolve) => (hangs ? undefined : setTimeout(resolve, 50)));
  });
  await reportReady(`${name} serves`);
  if (existsSync(`${folder}/${name}-dies-when-ready`)) process.exit(8);
};

const runSupervisor = async (): Promise<void> => {
  const shutdown = createShutdown({ limitMs: 30_000 });
  const supervisor = supervise<Role>({
    roles: ROLES,
    spawn: (name) => forkRole(program, { role: name, args: [folder] }),
    stopLimitMs: 1_500,
    ...(existsSync(`${folder}/short-silence`) && { silentMs: 3_000 }),
    onRestart: (name, reason, pauseMs) => say(`restarts ${name} in ${pauseMs} ms: ${reason}`),
  });
  shutdown.onShutdown(() => say('stopped'));
  shutdown.onShutdown(() => supervisor.stop());
  setInterval(() => say(`pids ${JSON.stringify(Object.fromEntries(supervisor.pids()))}`), 20).unref();
  try {
    say(`ready ${[...(await supervisor.ready).values()].join(', ')}`);
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exit(1);
  }
};

await (role === undefined ? runSupervisor() : runRole(role));

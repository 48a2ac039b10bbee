import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { programArgs } from '../compiled.ts';

const program = programArgs(new URL('./main.ts', import.meta.url));

/** Starts the double as a process that can be killed and stopped. Its log is in the file. */
export const spawnWireDouble = async (file: string, port = 0) => {
  const child = spawn(process.execPath, [...program, file, String(port)], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const exited = once(child, 'exit');
  const [line] = (await Promise.race([
    once(child.stdout, 'data'),
    exited.then(() => Promise.reject(new Error('the double did not start'))),
  ])) as [Buffer];
  return {
    port: Number(String(line)),
    signal: (signal: 'SIGSTOP' | 'SIGCONT'): void => void child.kill(signal),
    kill: async (): Promise<void> => {
      child.kill('SIGKILL');
      await exited;
    },
  };
};

import * as assert from 'uvu/assert';
import { clusterFolderOf } from '../../../src/platform/embedded-postgres/cluster.ts';
import { processesIn, sendSignal } from '../../../src/platform/embedded-postgres/processes.ts';
import { stopMachine } from './machine.ts';
import { startService, type Service } from './service.ts';

export type RoundOptions = {
  readonly seed: number;
  /** An empty folder, without symlinks in its name. */
  readonly dataDir: string;
  readonly print: (line: string) => void;
};

/**
 * Two machines share one PostgreSQL; each has an API, a projector and a worker. After the work both must stop cleanly.
 * @throws the first broken promise; prints the problems that the processes logged
 */
export const onTwoMachines = async (
  options: RoundOptions,
  work: (service: Service) => Promise<void>,
): Promise<void> => {
  const service = await startService(options.dataDir);
  const { machines } = service;
  const [first, second] = machines;
  try {
    await work(service);
    // The second machine stops first, because PostgreSQL ends with the first one.
    assert.is(await stopMachine(second), 0, 'the second machine stops cleanly');
    assert.is(await stopMachine(first), 0, 'the first machine stops cleanly');
    assert.equal(processesIn(clusterFolderOf(options.dataDir)), [], 'PostgreSQL has ended');
  } catch (error) {
    for (const { problems, address } of machines) options.print([address, ...problems.lines()].join('\n    '));
    throw error;
  } finally {
    for (const { supervisor } of machines) sendSignal(supervisor, 'SIGKILL');
    await service.line.close();
  }
};

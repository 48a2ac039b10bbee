/**
 * Starts EventStoreDB and PostgreSQL in containers and runs the event store's tests against both. Where there is no
 * container runtime it says so and skips.
 */
import { getContainerRuntimeClient } from 'testcontainers';
import { compileSuite } from '../support/compile-suite.ts';
import { findTestFiles } from '../support/find-test-files.ts';
import { runFile, type FileResult } from '../support/run-file.ts';
import { startServers } from './servers.ts';

const say = (line: string): void => void process.stdout.write(`${line}\n`);

const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

const whyNoContainers = async (): Promise<string | undefined> => {
  try {
    await getContainerRuntimeClient();
    return undefined;
  } catch (error) {
    return reasonOf(error);
  }
};

const report = ({ file, passed, problem, output }: FileResult): void => {
  if (problem === undefined) say(`ok    ${file} (${passed})`);
  else say(`FAIL  ${file}: ${problem}\n${output.trim().replace(/^/gm, '      | ')}`);
};

const runAgainstContainers = async (): Promise<number> => {
  say('starting EventStoreDB and PostgreSQL in containers …');
  const servers = await startServers();
  const compiled = await compileSuite(process.cwd());
  try {
    const root = process.cwd();
    const files = [
      ...(await findTestFiles(root, ['test/eventstoredb/'])),
      ...(await findTestFiles(root, ['test/event-store/postgres'])),
    ];
    const env = { ...process.env, EVENTSTORE_URL: servers.eventStoreUrl, TEST_DATABASE_URL: servers.databaseUrl };
    let [passed, failed] = [0, 0];
    for (const file of files) {
      const result = await runFile(file, { root, compiled: compiled.path, env, limitMs: 120_000 });
      report(result);
      passed += result.passed;
      failed += result.failed;
    }
    say(`${passed} passed, ${failed} failed`);
    return failed === 0 ? 0 : 1;
  } finally {
    await servers.stop();
    await compiled.remove();
  }
};

const missing = await whyNoContainers();
if (missing === undefined) process.exit(await runAgainstContainers());
say(`SKIPPED: nothing was tested against real servers, because there is no container runtime here (${missing})`);
say('0 passed, 0 failed, all skipped');

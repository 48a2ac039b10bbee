/** Not a test: the process that the tests of the embedded PostgreSQL kill. Prints one JSON line per thing that happens. */
import { startEmbeddedPostgres } from '../../src/platform/embedded-postgres.ts';

const say = (line: object): void => {
  process.stdout.write(`${JSON.stringify(line)}\n`);
};

process.on('SIGINT', () => say({ heard: 'SIGINT' }));
const postgres = await startEmbeddedPostgres({
  dataDir: process.argv[2] ?? '',
  onRestart: (reason) => say({ restart: reason }),
});
say({ url: postgres.url, ...postgres.pids() });
process.on('SIGTERM', () => void postgres.stop().then(() => process.exit(0)));

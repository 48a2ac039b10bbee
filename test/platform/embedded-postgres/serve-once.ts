/** Not a test: serves once with the given package folder and prints its user, its libraries, and whether it answered. */
import { findBinaries } from '../../../src/platform/embedded-postgres/binaries.ts';
import { clusterFolderOf, ensureCluster, urlOf } from '../../../src/platform/embedded-postgres/cluster.ts';
import { answers, ensureDatabase } from '../../../src/platform/embedded-postgres/connection.ts';
import { chooseRunAs } from '../../../src/platform/embedded-postgres/run-as.ts';
import { becameReady, spawnServer, stopServer } from '../../../src/platform/embedded-postgres/server.ts';

const [dataDir = '', packageFolder = ''] = process.argv.slice(2);
const clusterFolder = clusterFolderOf(dataDir);
const binaries = await findBinaries(dataDir, packageFolder);
const runAs = await chooseRunAs(binaries, clusterFolder);
const access = await ensureCluster(dataDir, binaries, runAs);
const server = spawnServer({ dataDir, clusterFolder, binaries, runAs, port: access.port });
await becameReady(server, clusterFolder);
await ensureDatabase(access);
process.stdout.write(`${runAs.name} ${binaries.libraryPath ?? '-'} ${await answers(urlOf(access))}\n`);
await stopServer(server.pid ?? 0);

import { GenericContainer, Wait, type StartedTestContainer } from 'testcontainers';

const EVENTSTOREDB_IMAGE = 'eventstore/eventstore:24.2.0-jammy';
const POSTGRES_IMAGE = 'postgres:17-alpine';
const START_LIMIT_MS = 180_000;

export type Servers = {
  readonly eventStoreUrl: string;
  readonly databaseUrl: string;
  readonly stop: () => Promise<void>;
};

const startEventStoreDb = (): Promise<StartedTestContainer> =>
  new GenericContainer(EVENTSTOREDB_IMAGE)
    .withEnvironment({ EVENTSTORE_INSECURE: 'true', EVENTSTORE_MEM_DB: 'true', EVENTSTORE_RUN_PROJECTIONS: 'None' })
    .withExposedPorts(2113)
    .withWaitStrategy(Wait.forHttp('/health/live', 2113).forStatusCode(204))
    .withStartupTimeout(START_LIMIT_MS)
    .start();

const startPostgres = (): Promise<StartedTestContainer> =>
  new GenericContainer(POSTGRES_IMAGE)
    .withEnvironment({ POSTGRES_PASSWORD: 'waybill' })
    .withExposedPorts(5432)
    // It starts twice: once to set itself up, once to serve.
    .withWaitStrategy(Wait.forLogMessage(/ready to accept connections/, 2))
    .withStartupTimeout(START_LIMIT_MS)
    .start();

/** An EventStoreDB and a PostgreSQL in containers of their own. */
export const startServers = async (): Promise<Servers> => {
  const started = await Promise.allSettled([startEventStoreDb(), startPostgres()]);
  const stop = async (): Promise<void> => {
    for (const server of started) if (server.status === 'fulfilled') await server.value.stop();
  };
  const [eventStore, postgres] = started;
  if (eventStore.status === 'fulfilled' && postgres.status === 'fulfilled') {
    const at = (server: StartedTestContainer, port: number) => `${server.getHost()}:${server.getMappedPort(port)}`;
    return {
      eventStoreUrl: `esdb://${at(eventStore.value, 2113)}?tls=false`,
      databaseUrl: `postgres://postgres:waybill@${at(postgres.value, 5432)}/postgres`,
      stop,
    };
  }
  await stop();
  throw new AggregateError(
    started.flatMap((server): unknown[] => (server.status === 'rejected' ? [server.reason] : [])),
    'the containers did not start',
  );
};

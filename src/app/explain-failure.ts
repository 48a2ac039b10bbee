import { ConfigError, type Config } from '../config/index.ts';
import { InvalidConnectionString } from '../event-store/eventstoredb/connection-string.ts';
import { StoreUnavailable } from '../event-store/port.ts';
import { EmbeddedPostgresFailure } from '../platform/embedded-postgres.ts';
import { NewerDatabase } from '../platform/database.ts';
import { WrongMasterKey } from '../platform/master-key.ts';
import { isDatabaseOutage } from '../platform/outage.ts';
import { BootFailure } from './supervisor.ts';

/** A failed start with its explanation, made where the configuration is known. */
export class CannotStart extends Error {
  override readonly name = 'CannotStart';
}

const codeOf = (error: unknown): string | undefined =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;

/** The host of a connection string, without its user and password. */
const hostOf = (url: string | undefined): string => {
  try {
    return url === undefined ? 'the data folder' : new URL(url).host;
  } catch {
    return 'the given address';
  }
};

/** Explains in one line why the start failed and how to fix it. */
export const explainFailure = (error: unknown, config?: Config): string => {
  if (
    error instanceof CannotStart ||
    error instanceof ConfigError ||
    error instanceof BootFailure ||
    error instanceof EmbeddedPostgresFailure
  )
    return error.message;
  if (error instanceof InvalidConnectionString) return `EVENTSTORE_URL ${error.message}.`;
  if (error instanceof NewerDatabase)
    return `PostgreSQL at ${hostOf(config?.databaseUrl)} belongs to a newer release (${error.message}): install that release, or restore the backup from before the upgrade.`;
  if (error instanceof WrongMasterKey)
    return `The personal data in PostgreSQL at ${hostOf(config?.databaseUrl)} was sealed with another MASTER_KEY: set that one, or restore secrets.json of DATA_DIR from your backup.`;
  if (codeOf(error) === 'EADDRINUSE')
    return `Port ${config?.port ?? ''} on ${config?.host ?? ''} is taken: stop the process that uses it, or set PORT to a free port (0 picks one).`;
  if (codeOf(error) === 'EACCES' || codeOf(error) === 'EADDRNOTAVAIL')
    return `Cannot listen on ${config?.host ?? ''} port ${config?.port ?? ''}: set HOST to an address of this machine and PORT to one above 1023.`;
  if (error instanceof StoreUnavailable && config?.eventStoreUrl !== undefined)
    return `The event store at ${hostOf(config.eventStoreUrl)} cannot be reached: start it, or correct EVENTSTORE_URL.`;
  if (codeOf(error)?.startsWith('28') === true)
    return `PostgreSQL at ${hostOf(config?.databaseUrl)} rejects the user or password: correct DATABASE_URL.`;
  if (codeOf(error) === '3D000')
    return `The database that DATABASE_URL names does not exist at ${hostOf(config?.databaseUrl)}: create it, or correct DATABASE_URL.`;
  if (isDatabaseOutage(error) || error instanceof StoreUnavailable)
    return `PostgreSQL at ${hostOf(config?.databaseUrl)} cannot be reached: start it, or correct DATABASE_URL.`;
  return `Waybill failed: ${error instanceof Error ? error.message : String(error)}`;
};

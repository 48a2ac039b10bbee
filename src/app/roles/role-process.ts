import type { Config } from '../../config/index.ts';
import type { Lease } from '../../platform/lease.ts';
import type { Logger } from '../../platform/logging.ts';
import type { OpenContainer } from '../container.ts';
import type { Shutdown } from '../shutdown.ts';

export const ROLES = ['api', 'projector', 'worker'] as const;
export type RoleName = (typeof ROLES)[number];
export const isRole = (word: string): word is RoleName => ROLES.some((role) => role === word);

/** What a role works with. */
export type RoleProcess = {
  readonly config: Config;
  readonly databaseUrl: string;
  readonly container: OpenContainer;
  readonly log: Logger;
  readonly shutdown: Shutdown;
  /** For what this process holds alone. */
  readonly lease: Lease;
};

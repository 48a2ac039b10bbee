import { privacyResources } from '../privacy.ts';
import type { ResourceDeps } from '../../../http/api.ts';
import type { ConnectOptions } from './options.ts';

const DEFAULT_BOOKS = { retentionYears: 10, eraseDocuments: 'after_retention' } as const;

/** What the API needs to take requests for erasure. */
export const privacyDeps = (options: ConnectOptions): ResourceDeps['privacy'] =>
  privacyResources(options, options.privacy ?? { books: DEFAULT_BOOKS }).privacy;

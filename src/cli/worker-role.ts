import type { Config } from '../config.ts';
import { startWorker } from '../jobs/worker.ts';
import { backfillDocumentsTask } from '../jobs/tasks/backfill-documents.ts';
import { issueInvoice } from '../jobs/tasks/issue-invoice.ts';
import { documentFilesIn } from '../platform/document-files.ts';
import { reactors } from '../reactors/registry.ts';
import { startReactors } from '../reactors/start-reactors.ts';
import type { Core } from '../core.ts';
import type { RoleProcess } from './role-process.ts';

/** When which task runs by itself. */
const CRONTAB = '*/10 * * * * backfill-documents';

const now = (): string => new Date().toISOString();

const tasksOf = ({ db, readStream, documents }: Core, { seller, businessTimeZone }: Config) => [
  issueInvoice({
    files: documentFilesIn(db),
    readStream,
    documents,
    settings: {
      seller: { name: seller.name, address: seller.address ?? null, tax_id: seller.taxId ?? null },
      timeZone: businessTimeZone,
    },
    now,
  }),
  backfillDocumentsTask({ db, now }),
];

/** Reactors and jobs. */
export const runWorkerRole = async ({ config, databaseUrl, core, log, shutdown }: RoleProcess): Promise<void> => {
  const worker = await startWorker({
    db: core.db,
    url: databaseUrl,
    tasks: tasksOf(core, config),
    crontab: CRONTAB,
    log,
    onFatal: (error) => {
      log.error({ err: error }, 'this worker can no longer be sure of its jobs and ends; others take them over');
      shutdown.begin(1);
    },
  });
  shutdown.onShutdown(worker.stop);
  const reacting = startReactors(reactors, { ...core, log }, shutdown.signal);
  shutdown.onShutdown(() => reacting);
};

import type { Mail, Mailer } from '../../src/notifications/mail/port.ts';
import { createLocalNotifier } from '../../src/notifications/push/http.ts';
import { loadTemplates, type Templates } from '../../src/notifications/content/templates.ts';
import { notifyCustomers, type SendMessagesDeps } from '../../src/notifications/notify-customers.ts';
import { documentFilesIn } from '../../src/documents/document-files.ts';
import { enqueueJobs } from '../../src/jobs/queue.ts';
import type { Core } from './core.ts';

let shipped: Templates | undefined;
export const shippedTemplates = (): Promise<Templates> =>
  Promise.resolve((shipped ??= loadTemplates({ folder: undefined, language: 'en' })));

/** A mailer that keeps what it is given. */
export const memoryMailer = (): Mailer & { readonly mails: readonly Mail[] } => {
  const mails: Mail[] = [];
  return {
    mails,
    repeatable: true,
    send: (mail) => {
      mails.push(mail);
      return Promise.resolve('written');
    },
    close: () => undefined,
  };
};

/** What telling customers needs; what goes out stays here unless a test says otherwise. */
export const messageDepsOf = (core: Core): SendMessagesDeps => ({
  ...core,
  templates: shippedTemplates,
  mailer: memoryMailer(),
  notifier: createLocalNotifier(),
  files: documentFilesIn(core.db, core.dataKeys),
  settings: { shopName: 'Waybill Shop', timeZone: 'UTC', staff: null },
  enqueue: (job) => enqueueJobs(core.db, [job]),
});

/** Does the job once, here. */
export const sendMessages = (core: Core, changes: Partial<SendMessagesDeps> = {}): Promise<void> =>
  notifyCustomers.bind({ ...messageDepsOf(core), ...changes }).run({}, { jobId: '1', attempt: 1 });

import { randomBytes } from 'node:crypto';
import { openMemoryEventStore } from '../../src/event-store/memory.ts';
import type { EventStore } from '../../src/event-store/port.ts';
import { createSandboxGateway } from '../../src/gateways/payment/sandbox.ts';
import { issueCreditMemo } from '../../src/processes/invoicing/issue-credit-memo.ts';
import { issueInvoice } from '../../src/processes/invoicing/issue-invoice.ts';
import type { SendMessagesDeps } from '../../src/notifications/send-messages.ts';
import { documentFilesIn } from '../../src/documents/document-files.ts';
import type { JobRequest } from '../../src/jobs/queue.ts';
import type { MessageView } from '../../src/notifications/outbox/list.ts';
import { type Core, testCore } from './core.ts';
import type { TestDatabase } from './database.ts';
import { memoryMailer, tellCustomers } from './messages.ts';
import { NOW, policyRunner } from './policies.ts';

const masterKey = randomBytes(32);
const settings = { seller: { name: 'Waybill Shop', address: null, tax_id: null }, timeZone: 'UTC' };

/** A log of its own, with everything that follows from it, and nobody told yet. */
export const silentWorld = async ({ db }: TestDatabase) => {
  await db.raw('delete from messages');
  await db('message_checkpoint').update({ position: 0 });
  const store: EventStore = openMemoryEventStore();
  const core: Core = testCore(db, store, masterKey);
  const policies = policyRunner(store, core.codec);
  const issuing = { ...core, files: documentFilesIn(db), settings, now: () => NOW };
  const mailer = memoryMailer();
  const enqueued: JobRequest[] = [];
  const deps = {
    mailer,
    enqueue: (job: JobRequest) => {
      enqueued.push(job);
      return Promise.resolve();
    },
  };
  return {
    core,
    store,
    /** As another process sees it, which remembers no keys. */
    restart: (): Core => testCore(db, store, masterKey),
    mails: mailer.mails,
    /** Jobs that the task asked for. */
    enqueued,
    /** Policies and their jobs, messages excepted, until nothing is left to do. */
    follow: () => policies.run(core, createSandboxGateway({ db }), [issueInvoice(issuing), issueCreditMemo(issuing)]),
    tell: (changes: Partial<SendMessagesDeps> = {}) => tellCustomers(core, { ...deps, ...changes }),
    /** Mail only, oldest first. */
    told: async (): Promise<readonly MessageView[]> =>
      (await core.messages.list({ limit: 1000, offset: 0 })).filter(({ kind }) => kind !== 'notification').toReversed(),
  };
};

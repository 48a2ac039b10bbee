import { randomBytes } from 'node:crypto';
import { openMemoryEventStore } from '../../src/event-store/memory.ts';
import type { EventStore } from '../../src/event-store/port.ts';
import { createSandboxGateway } from '../../src/gateways/payment/sandbox.ts';
import type { SendMessagesDeps } from '../../src/notifications/notify-customers.ts';
import type { Job } from '../../src/jobs/queue.ts';
import type { MessageView } from '../../src/notifications/admin.ts';
import { type Core, testCore } from './core.ts';
import type { TestDatabase } from './database.ts';
import { memoryMailer, sendMessages } from './messages.ts';
import { processRunner } from './processes.ts';

const masterKey = randomBytes(32);

/** A log of its own, with everything that follows from it, and no message sent yet. */
export const notificationWorld = async ({ db }: TestDatabase) => {
  await db.raw('delete from messages');
  await db('message_checkpoint').update({ position: 0 });
  const store: EventStore = openMemoryEventStore();
  const core: Core = testCore(db, store, masterKey);
  const processes = processRunner(store, core.codec);
  const mailer = memoryMailer();
  const enqueued: Job[] = [];
  const deps = {
    mailer,
    enqueue: (job: Job) => {
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
    /** Processes and their jobs, messages excepted, until nothing is left to do. */
    follow: () => processes.run(core, createSandboxGateway({ db }), { also: ['issue-invoice', 'issue-credit-memo'] }),
    tell: (changes: Partial<SendMessagesDeps> = {}) => sendMessages(core, { ...deps, ...changes }),
    /** Mail only, oldest first. */
    sentMails: async (): Promise<readonly MessageView[]> =>
      (await core.messages.list({ limit: 1000, offset: 0 })).filter(({ kind }) => kind !== 'notification').toReversed(),
  };
};

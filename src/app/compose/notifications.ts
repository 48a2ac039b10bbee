import type { Config } from '../../config/index.ts';
import type { Core } from '../core.ts';
import type { Mailer } from '../../notifications/mail/port.ts';
import { createHttpNotifier, createLocalNotifier } from '../../notifications/push/http.ts';
import type { Templates } from '../../notifications/content/templates.ts';
import type { Task } from '../../jobs/task.ts';
import { sendMessages } from '../../notifications/send-messages.ts';
import { documentFilesIn } from '../../documents/document-files.ts';
import { enqueueJobs } from '../../jobs/queue.ts';
import type { Logger } from '../../platform/logging.ts';
import { merchantService } from './merchant-service.ts';

const once = <T>(make: () => Promise<T>): (() => Promise<T>) => {
  let made: Promise<T> | undefined;
  return () => (made ??= make());
};

/** What mail needs is loaded with the first mail, so that a worker is ready without it. */
const mailerOf = ({ mail }: Config): Mailer => {
  const { server, folder, from } = mail;
  const open = once(async () =>
    server === undefined
      ? (await import('../../notifications/mail/eml.ts')).createEmlMailer({ folder, from })
      : (await import('../../notifications/mail/smtp.ts')).createSmtpMailer({ ...server, from }),
  );
  let opened: Mailer | undefined;
  return {
    repeatable: server === undefined,
    send: async (mail) => (opened = await open()).send(mail),
    close: () => opened?.close(),
  };
};

/**
 * The task that tells customers.
 * @throws TemplateFailure when the merchant's templates cannot be used
 */
export const messagesTask = async (core: Core, config: Config, log: Logger): Promise<Task> => {
  const { db } = core;
  const { templatesDir: folder, language } = config.messages;
  const templates = once(async (): Promise<Templates> =>
    (await import('../../notifications/content/templates.ts')).loadTemplates({ folder, language }),
  );
  // Templates of the merchant's own are tried out before anything depends on them.
  if (folder !== undefined || language !== 'en') await templates();
  const service = merchantService(config, 'notification', log);
  return sendMessages({
    ...core,
    templates,
    mailer: mailerOf(config),
    notifier: service === undefined ? createLocalNotifier() : createHttpNotifier(service),
    files: documentFilesIn(db),
    settings: { shopName: config.seller.name, timeZone: config.businessTimeZone },
    enqueue: (job) => enqueueJobs(db, [job]),
  });
};

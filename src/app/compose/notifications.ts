import type { Config } from '../../config/index.ts';
import type { Container } from '../container.ts';
import {
  createHttpNotifier,
  createLocalNotifier,
  openDevices,
  openMessages,
  openOutbox,
  type Devices,
  type Mailer,
  type Messages,
  type Outbox,
  type SendMessagesDeps,
} from '../../notifications/index.ts';
import type { Templates } from '../../notifications/content/templates.ts';
import { enqueueJobs } from '../../jobs/queue.ts';
import type { Logger } from '../../platform/logging.ts';
import { merchantService } from './merchant-service.ts';

export type NotificationStores = {
  readonly outbox: Outbox;
  readonly messages: Messages;
  readonly devices: Devices;
};

/** Messages and devices, personal data sealed. */
export const openNotificationStores = ({ db, dataKeys }: Container): NotificationStores => ({
  outbox: openOutbox(db, dataKeys),
  messages: openMessages(db, dataKeys),
  devices: openDevices(db, dataKeys),
});

const once = <T>(make: () => Promise<T>): (() => Promise<T>) => {
  let made: Promise<T> | undefined;
  return () => (made ??= make());
};

/** The mail library is loaded with the first mail, so that a worker starts without it. */
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
 * What messages to customers are sent with.
 * @throws TemplateFailure when the merchant's templates cannot be used
 */
export const messageDeps = async (
  container: Container,
  config: Config,
  log: Logger,
): Promise<NotificationStores & Pick<SendMessagesDeps, 'templates' | 'mailer' | 'notifier' | 'enqueue'>> => {
  const { templatesDir: folder, language } = config.messages;
  const templates = once(async (): Promise<Templates> =>
    (await import('../../notifications/content/templates.ts')).loadTemplates({ folder, language }),
  );
  // The merchant's own templates are checked at the start: a mistake in them must not wait for the first message.
  if (folder !== undefined || language !== 'en') await templates();
  const service = merchantService(config, 'notification', log);
  return {
    ...openNotificationStores(container),
    templates,
    mailer: mailerOf(config),
    notifier: service === undefined ? createLocalNotifier() : createHttpNotifier(service),
    enqueue: (job) => enqueueJobs(container.db, [job]),
  };
};

import type { Config } from '../../config/index.ts';
import type { Container } from '../container.ts';
import { createSendWebhook } from '../../webhooks/sender.ts';
import type { Task } from '../../jobs/task.ts';
import { sendWebhookTasks } from '../../webhooks/send-webhook-task.ts';
import { systemClock } from '../../webhooks/clock.ts';
import { deliverWebhooks } from '../../webhooks/dispatcher.ts';
import type { Logger } from '../../platform/logging.ts';
import { createOutgoingPost } from '../../platform/outgoing-post.ts';
import { openDeliveries } from '../../webhooks/deliveries.ts';
import { webhookSecrets } from '../../webhooks/secrets.ts';
import { openEndpoints } from '../../webhooks/endpoints.ts';

type Webhooks = {
  readonly tasks: readonly Task[];
  /** Resolves once the results of running deliveries are stored. */
  readonly stopped: () => Promise<void>;
};

/** Delivers events to webhooks until the signal is aborted. */
export const startWebhooks = (container: Container, config: Config, log: Logger, signal: AbortSignal): Webhooks => {
  const { db, masterKey } = container;
  const secrets = webhookSecrets(masterKey);
  const post = createOutgoingPost({ allowPrivate: config.webhooks.allowPrivate });
  const sending = { ...container, send: createSendWebhook(post), clock: systemClock };
  const done = deliverWebhooks({ ...sending, secrets, log, signal });
  return {
    tasks: sendWebhookTasks({ ...sending, endpoints: openEndpoints(db, secrets), deliveries: openDeliveries(db) }),
    stopped: async () => {
      await done;
      await post.close();
    },
  };
};

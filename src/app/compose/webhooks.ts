import type { Config } from '../../config/index.ts';
import type { Core } from '../core.ts';
import { createSendWebhook } from '../../webhooks/sender.ts';
import type { Task } from '../../jobs/task.ts';
import { sendWebhookTasks } from '../../webhooks/send-webhook-task.ts';
import { systemClock } from '../../webhooks/clock.ts';
import { deliverWebhooks } from '../../webhooks/dispatcher.ts';
import type { Logger } from '../../platform/logging.ts';
import { createOutgoingPost } from '../../platform/outgoing-post.ts';
import { openDeliveries } from '../../webhooks/deliveries.ts';
import { openEndpoints } from '../../webhooks/endpoints.ts';

type Webhooks = {
  readonly tasks: readonly Task[];
  /** Settles once what was under way is written down. */
  readonly stopped: () => Promise<void>;
};

/** Delivers to webhooks until the signal is aborted. */
export const startWebhooks = (core: Core, config: Config, log: Logger, signal: AbortSignal): Webhooks => {
  const { db, webhookSecrets: secrets } = core;
  const post = createOutgoingPost({ allowPrivate: config.webhooks.allowPrivate });
  const sending = { ...core, send: createSendWebhook(post), clock: systemClock };
  const done = deliverWebhooks({ ...sending, secrets, log, signal });
  return {
    tasks: sendWebhookTasks({ ...sending, endpoints: openEndpoints(db, secrets), deliveries: openDeliveries(db) }),
    stopped: async () => {
      await done;
      await post.close();
    },
  };
};

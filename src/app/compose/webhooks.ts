import type { Config } from '../../config/index.ts';
import type { Container } from '../container.ts';
import {
  createSendWebhook,
  deliverWebhooks,
  openDeliveries,
  openEndpoints,
  systemClock,
  webhookSecrets,
  type Clock,
  type Deliveries,
  type Endpoints,
  type SendWebhook,
} from '../../webhooks/index.ts';
import type { Logger } from '../../platform/logging.ts';
import { createOutgoingPost } from '../../platform/outgoing-post.ts';

export type Webhooks = {
  /** What its jobs need. */
  readonly deps: {
    readonly send: SendWebhook;
    readonly clock: Clock;
    readonly endpoints: Endpoints;
    readonly deliveries: Deliveries;
  };
  /** Resolves once the results of running deliveries are stored. */
  readonly stopped: () => Promise<void>;
};

/** Delivers events to webhooks until the signal is aborted. */
export const startWebhooks = (container: Container, config: Config, log: Logger, signal: AbortSignal): Webhooks => {
  const { db, masterKey, previousMasterKey } = container;
  const secrets = webhookSecrets(masterKey, previousMasterKey);
  const post = createOutgoingPost({ allowPrivate: config.webhooks.allowPrivate });
  const sending = { send: createSendWebhook(post), clock: systemClock };
  const done = deliverWebhooks({ ...container, ...sending, secrets, log, signal });
  return {
    deps: { ...sending, endpoints: openEndpoints(db, secrets), deliveries: openDeliveries(db) },
    stopped: async () => {
      await done;
      await post.close();
    },
  };
};

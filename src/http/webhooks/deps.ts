import type { Position } from '../../event-store/port.ts';
import type { JobRequest } from '../../jobs/queue.ts';
import type { OutgoingPost } from '../../platform/outgoing-post.ts';
import type { Deliveries, Endpoints } from '../../webhooks/index.ts';

/** What the webhook handlers work with. */
export type WebhookDeps = {
  readonly endpoints: Endpoints;
  readonly deliveries: Deliveries;
  readonly check: OutgoingPost['check'];
  readonly head: () => Promise<Position>;
  readonly enqueue: (job: JobRequest) => Promise<void>;
};

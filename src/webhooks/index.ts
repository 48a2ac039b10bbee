export { type Clock, systemClock } from './clock.ts';
export { type Deliveries, type Delivery, OUTCOMES, openDeliveries } from './deliveries.ts';
export { deliverWebhooks } from './dispatcher.ts';
export { type Endpoint, type Endpoints, openEndpoints } from './endpoints.ts';
export { rewrapSecrets, type WebhookSecrets, webhookSecrets } from './secrets.ts';
export { type SendWebhook, createSendWebhook } from './sender.ts';
export { HEAD_TYPE } from './message-body.ts';
export { webhookTasks } from './webhook-tasks.ts';

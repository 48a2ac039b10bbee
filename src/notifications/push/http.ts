import { expectOk, type HttpService } from '../../gateways/http/index.ts';
import type { Notifier } from './port.ts';

/** The merchant's notification service: `POST /notifications/order-status`. */
export const createHttpNotifier = (service: HttpService): Notifier => ({
  isLocal: false,
  tell: async ({ idempotency_key, user_id, order_id, status, trace, ...update }) => {
    const device_tokens = await update.device_tokens();
    const body = { user_id, order_id, status, ...(device_tokens.length > 0 && { device_tokens }) };
    const path = ['notifications', 'order-status'];
    expectOk(service, await service.ask({ method: 'POST', path, body, idempotencyKey: idempotency_key, trace }));
    return 'sent';
  },
});

/** Without such a service a message is stored and not sent. */
export const createLocalNotifier = (): Notifier => ({ isLocal: true, tell: () => Promise.resolve('written') });

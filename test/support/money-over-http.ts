import type { PaymentBody } from '../../src/http/payments/body.ts';
import type { ReturnBody } from '../../src/http/returns/body.ts';
import { anOrder, type Answer, type Call, type OrderJson, type TestApi } from './api.ts';

export { TO_RECEIVED } from './payments.ts';

export type PaymentJson = PaymentBody;
export type ReturnJson = ReturnBody;

/** Two mugs at 12.99, 2.60 tax, 5.00 shipping: 33.58. */
export const TOTAL = 33.58;

export const placeOrder = async ({ call }: TestApi, changes: Record<string, unknown> = {}): Promise<OrderJson> =>
  (await call('/orders', { json: anOrder(changes) })).body;

const TO_DELIVERED = ['confirm', 'start_processing', 'ship', 'deliver'];

export const moveOrder = async ({ call }: TestApi, id: string, actions: readonly string[]): Promise<void> => {
  for (const action of actions) {
    const { status, text } = await call(`/orders/${id}/state`, { json: { action } });
    if (status !== 200) throw new Error(`${action}: ${text}`);
  }
};

export const deliveredOrder = async (api: TestApi, changes: Record<string, unknown> = {}): Promise<OrderJson> => {
  const order = await placeOrder(api, changes);
  await moveOrder(api, order.id, TO_DELIVERED);
  return (await api.call(`/orders/${order.id}`)).body;
};

export const createPayment = (
  { call }: TestApi,
  order_id: string,
  json: Record<string, unknown> = {},
  more: Call = {},
): Promise<Answer<PaymentJson>> =>
  call<PaymentJson>('/payments', { json: { order_id, method: 'credit_card', amount: TOTAL, ...json }, ...more });

export const processPayment = ({ call }: TestApi, id: string, more: Call = {}): Promise<Answer<PaymentJson>> =>
  call<PaymentJson>(`/payments/${id}/process`, { method: 'POST', ...more });

/** A payment that has been processed. */
export const pay = async (api: TestApi, order_id: string, json: Record<string, unknown> = {}): Promise<PaymentJson> => {
  const { body } = await createPayment(api, order_id, json);
  const { body: processed, text } = await processPayment(api, body.id);
  if (processed.status !== 'completed') throw new Error(`not paid: ${text}`);
  return processed;
};

export const moveReturn = async (
  { call }: TestApi,
  id: string,
  actions: readonly (string | Record<string, unknown>)[],
): Promise<ReturnJson> => {
  let last: ReturnJson | undefined;
  for (const action of actions) {
    const json = typeof action === 'string' ? { action } : action;
    const { status, text, body } = await call<ReturnJson>(`/returns/${id}/state`, { json });
    if (status !== 200) throw new Error(`${JSON.stringify(json)}: ${text}`);
    last = body;
  }
  if (last === undefined) throw new Error('no action was taken');
  return last;
};

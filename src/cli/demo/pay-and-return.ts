import { amount, tell, waitFor, type OrderView, type Stage } from './stage.ts';

export type PaymentView = {
  readonly id: string;
  readonly payment_number: string;
  readonly order_id: string;
  readonly status: string;
  readonly amount: number;
  readonly refunded_amount: number;
  readonly currency: string;
};

export type ReturnView = {
  readonly id: string;
  readonly return_number: string;
  readonly status: string;
  readonly refund_amount: number;
  readonly refunded_amount: number;
  readonly refund_status: string | null;
  readonly currency: string;
};

const pay = async (stage: Stage, order: OrderView, part: number, method: string): Promise<void> => {
  const body = { order_id: order.id, method, amount: part };
  const { id } = await stage.customer.post<PaymentView>('/payments', body);
  const payment = await stage.customer.post<PaymentView>(`/payments/${id}/process`);
  tell(stage, payment.status, `${payment.payment_number}   ${amount(payment.amount, payment.currency)} by ${method}`);
};

/** Pays an order in two parts; the payment that covers the total confirms the order. */
export const payInTwoParts = async (stage: Stage, order: OrderView): Promise<void> => {
  const first = 100;
  await pay(stage, order, first, 'credit_card');
  await pay(stage, order, Number((order.total - first).toFixed(2)), 'paypal');
  await waitFor(`${order.order_number} confirmed by its payments`, async () => {
    const { status } = await stage.staff.get<OrderView>(`/orders/${order.id}`);
    return status === 'confirmed' ? status : undefined;
  });
  tell(stage, 'confirmed', `${order.order_number}   by its payments`);
};

/** The staff take the money, without a word about it. */
export const payInFull = async ({ staff }: Stage, { id: order_id, total }: OrderView): Promise<void> => {
  const { id } = await staff.post<PaymentView>('/payments', { order_id, method: 'credit_card', amount: total });
  await staff.post(`/payments/${id}/process`);
  await waitFor('the payment', async () => {
    const { status } = await staff.get<PaymentView>(`/payments/${id}`);
    return status === 'completed' ? status : undefined;
  });
};

type Wanted = { readonly items?: readonly { readonly order_item_id: string; readonly quantity: number }[] };

export const openReturn = async (
  stage: Stage,
  order: OrderView,
  wanted: Wanted & { readonly reason: string; readonly reason_description: string },
): Promise<ReturnView> => {
  const opened = await stage.customer.post<ReturnView>(`/orders/${order.id}/return`, wanted);
  const { return_number, status, refund_amount, currency } = opened;
  tell(
    stage,
    status,
    `${return_number}   ${wanted.reason}, worth ${amount(refund_amount, currency)} if all is accepted`,
  );
  return opened;
};

/** The shop gives something up because the parcel was late; what was paid too much then goes back by itself. */
export const giveGoodwill = async (stage: Stage, order: OrderView, goodwill: number): Promise<void> => {
  const body = { goodwill, reason_category: 'late', note: 'Two days late' };
  await stage.staff.post(`/orders/${order.id}/refunds`, body);
  const { currency } = await waitFor(`the goodwill for ${order.order_number} refunded`, async () => {
    const now = await stage.staff.get<OrderView & { readonly refund_status: string }>(`/orders/${order.id}`);
    return now.refund_status === 'done' ? now : undefined;
  });
  tell(stage, 'refunded', `${order.order_number}   ${amount(goodwill, currency)} goodwill, late`);
};

type Ending = { readonly fee: number; readonly method: 'original_payment' | 'store_credit' };

/** Every step of a return up to the inspection, which may keep a fee, and on to the refund. */
export const walkReturn = async (
  stage: Stage,
  { id, return_number }: ReturnView,
  { fee, method }: Ending,
): Promise<void> => {
  const steps = [
    { action: 'approve' },
    { action: 'schedule_pickup' },
    { action: 'start_transit' },
    { action: 'receive' },
    { action: 'process', refund_method: method, ...(fee > 0 && { restocking_fee: fee }) },
  ];
  for (const step of steps) {
    const { status } = await stage.staff.post<ReturnView>(`/returns/${id}/state`, step);
    tell(
      stage,
      status,
      `${return_number}${step.action === 'process' && fee > 0 ? `   restocking fee ${fee.toFixed(2)}` : ''}`,
    );
  }
  const { refunded_amount, currency } = await waitFor(`${return_number} refunded`, async () => {
    const now = await stage.staff.get<ReturnView>(`/returns/${id}`);
    return now.status === 'refunded' ? now : undefined;
  });
  const way = method === 'store_credit' ? 'given as store credit' : 'refunded';
  tell(stage, 'refunded', `${return_number}   ${amount(refunded_amount, currency)} ${way}`);
};

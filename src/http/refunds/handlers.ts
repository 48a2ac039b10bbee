import type { OrderMoneyCommands } from '../../commands/index.ts';
import { refundMethodOf, reconcile, type Order } from '../../domain/order/index.ts';
import { toMajor } from '../../domain/shared/amount-notation.ts';
import type { OrderDeps } from '../orders/deps.ts';
import { currencyOfOrder, loadOrder, orderTarget } from '../orders/find-order.ts';
import { outcomeReply, replayOrder } from '../orders/replies.ts';
import { problem } from '../server/problem.ts';
import { resolveId } from '../server/resolve-id.ts';
import { bind, type Bound } from '../server/route.ts';
import { withoutNull } from '../server/without-null.ts';
import { refundSpecs } from './routes.ts';
import type { RefundOrderBody } from './schemas.ts';

/** What the refund handlers work with. */
export type RefundDeps = {
  readonly orders: OrderDeps;
  readonly commands: OrderMoneyCommands;
  readonly findPaymentIdByNumber: (number: string) => Promise<string | undefined>;
};

const creditOf = ({ reason_category, ...body }: RefundOrderBody) => {
  const { items, shipping, goodwill, note, restock, method } = withoutNull(body);
  return {
    items: items?.map((item) => ({ ...item, order_item_id: item.order_item_id.toLowerCase() })),
    shipping,
    goodwill,
    reason_category,
    note,
    restock,
    method: method === undefined ? undefined : refundMethodOf(method),
  };
};

/** The sums of an order in major units. */
const reconciliationBody = (order: Order) => {
  const { agrees, ...sums } = reconcile(order);
  const major = Object.entries(sums).map(([name, amount]) => [name, toMajor(amount, order.currency)] as const);
  return { ...Object.fromEntries(major), agrees };
};

export const bindRefunds = (deps: RefundDeps): Bound<typeof refundSpecs> => {
  const { orders } = deps;
  const load = loadOrder(orders);
  const replay = replayOrder(orders);

  const namedPayment = async (name: string): Promise<string> => {
    const id = await resolveId(name, deps.findPaymentIdByNumber);
    if (id !== undefined) return id;
    throw problem('resource.not_found', 'There is no such payment. Check the id or number.', {
      errors: [{ field: 'payment_id', message: 'must be the id or number of a payment', received: name }],
    });
  };

  return bind(refundSpecs, {
    refundOrder: {
      load,
      currencyOf: currencyOfOrder,
      handle: async (input) => {
        const outcome = await deps.commands.refund(orderTarget(input), creditOf(input.body));
        return outcomeReply(orders, outcome, { caller: input.caller, status: 201 });
      },
      replay,
    },
    resolveRefund: {
      load,
      handle: async (input) => {
        const { method, ...more } = input.body;
        const { payment_id, note } = withoutNull(more);
        const data = {
          refund_id: input.params.refund_id.toLowerCase(),
          method,
          note,
          payment_id: payment_id === undefined ? undefined : await namedPayment(payment_id),
        };
        return outcomeReply(orders, await deps.commands.resolveRefund(orderTarget(input), data), input);
      },
      replay,
    },
    reconcileOrder: {
      load,
      handle: ({ subject }) => Promise.resolve({ status: 200, body: reconciliationBody(subject.order), at: subject }),
    },
  });
};

import type { OrderDeps } from '../orders/deps.ts';
import { loadOrder, orderTarget } from '../orders/find-order.ts';
import { outcomeReply, replayOrder } from '../orders/replies.ts';
import { bind, type Bound } from '../server/route.ts';
import { cancellationSpecs } from './routes.ts';

export const bindCancellations = (deps: OrderDeps): Bound<typeof cancellationSpecs> =>
  bind(cancellationSpecs, {
    cancelOrderItems: {
      load: loadOrder(deps),
      handle: async (input) => {
        const { items, reason_category, note } = input.body;
        const data = {
          items: items.map((item) => ({ ...item, order_item_id: item.order_item_id.toLowerCase() })),
          reason_category,
          note: note ?? undefined,
        };
        return outcomeReply(deps, await deps.commands.cancelItems(orderTarget(input), data), input);
      },
      replay: replayOrder(deps),
    },
  });

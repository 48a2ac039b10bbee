import type { ItemCount } from '../../domain/order/index.ts';
import type { OrderDeps } from '../orders/deps.ts';
import { loadOrder, orderTarget } from '../orders/find-order.ts';
import { outcomeReply, replayOrder } from '../orders/replies.ts';
import { bind, type Bound } from '../server/route.ts';
import { shipmentSpecs } from './routes.ts';

const inLowerCase = (item: ItemCount): ItemCount => ({ ...item, order_item_id: item.order_item_id.toLowerCase() });

export const bindShipments = (deps: OrderDeps): Bound<typeof shipmentSpecs> => {
  const { commands } = deps;
  const load = loadOrder(deps);
  const replay = replayOrder(deps);
  return bind(shipmentSpecs, {
    shipItems: {
      load,
      handle: async (input) => {
        const { items, notes, ...more } = input.body;
        const data = { ...more, items: items?.map(inLowerCase), notes: notes ?? undefined };
        const outcome = await commands.shipItems(orderTarget(input), data);
        return outcomeReply(deps, outcome, { caller: input.caller, status: 201 });
      },
      replay,
    },
    changeShipment: {
      load,
      handle: async (input) => {
        const data = { ...input.body, shipment_id: input.params.shipment_id.toLowerCase() };
        return outcomeReply(deps, await commands.changeShipment(orderTarget(input), data), input);
      },
      replay,
    },
    changeShipmentState: {
      load,
      handle: async (input) => {
        const { action, resolution, restocked, note } = input.body;
        const shipment_id = input.params.shipment_id.toLowerCase();
        const data = {
          ...{ shipment_id, action, resolution },
          restocked: restocked?.map(inLowerCase),
          notes: note ?? undefined,
        };
        return outcomeReply(deps, await commands.moveShipment(orderTarget(input), data), input);
      },
      replay,
    },
  });
};

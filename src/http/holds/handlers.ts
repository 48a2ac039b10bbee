import type { OrderDeps } from '../orders/deps.ts';
import { loadOrder, orderTarget } from '../orders/find-order.ts';
import { outcomeReply, replayOrder } from '../orders/replies.ts';
import { bind, type Bound } from '../server/route.ts';
import { holdSpecs } from './routes.ts';

export const bindHolds = (deps: OrderDeps): Bound<typeof holdSpecs> => {
  const load = loadOrder(deps);
  const replay = replayOrder(deps);
  return bind(holdSpecs, {
    holdOrder: {
      load,
      handle: async (input) => {
        const { reason_category, note } = input.body;
        const data = { reason_category, note: note ?? undefined };
        return outcomeReply(deps, await deps.commands.hold(orderTarget(input), data), input);
      },
      replay,
    },
    releaseOrder: {
      load,
      handle: async (input) => {
        const data = { note: input.body.note ?? undefined };
        return outcomeReply(deps, await deps.commands.releaseHold(orderTarget(input), data), input);
      },
      replay,
    },
  });
};

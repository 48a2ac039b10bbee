import { v5 as uuidv5 } from 'uuid';
import type { OrderCommand, OrderDecider } from '../domain/order/index.ts';
import { returnDecider } from '../domain/return/index.ts';
import type { Instant } from '../domain/shared/decider.ts';
import { orderStream, returnStream } from '../event-store/stream-names.ts';
import type { Handle } from './handle.ts';
import { handleOrThrow } from './handle-or-throw.ts';
import { saidBy, SYSTEM } from './process-context.ts';

const CLOCK_COMMANDS = '6f3c1a52-0d54-5b0e-9a77-2b8f8f0b6a31';

/** A moment at which the clock looks, and the run that it belongs to. */
export type Tick = { readonly at: Instant; readonly run: string };

/** Answers whether it moved just now. A second request, or one at the same moment, moves nothing. */
type Move = (id: string, tick: Tick) => Promise<boolean>;

/** Changes of orders and returns by time. Each decides for itself, because it may have changed or may not be due. */
export type SchedulingCommands = {
  /** A scheduled order whose time has come. */
  readonly release: Move;
  /** A waiting order that the shop wants processed: confirmed and started. */
  readonly autoProcess: Move;
  /** A return whose goods have not come in time. */
  readonly expireReturn: Move;
};

export const createSchedulingCommands = ({
  handle,
  decider,
  returnExpiresDays,
}: {
  readonly handle: Handle;
  readonly decider: OrderDecider;
  readonly returnExpiresDays: number;
}): SchedulingCommands => {
  const contextOf = (subject: string, { at, run }: Tick) => ({
    command_id: uuidv5(subject, CLOCK_COMMANDS),
    actor: SYSTEM,
    correlation_id: run,
    causation_id: run,
    at,
  });
  const moveBy =
    (type: 'ReleaseOrder' | 'AutoProcessOrder'): Move =>
    async (order_id, tick) => {
      const context = contextOf(`${order_id}/${type}`, tick);
      const command: OrderCommand = { type, data: {}, ...saidBy(context) };
      const { events, repeated } = await handleOrThrow(handle, decider, {
        stream: orderStream(order_id),
        command,
        context,
      });
      return events.length > 0 && !repeated;
    };
  const expireReturn: Move = async (return_id, tick) => {
    const context = contextOf(`${return_id}/ExpireReturn`, tick);
    const command = { type: 'ExpireReturn', data: { days: returnExpiresDays }, ...saidBy(context) } as const;
    const { events, repeated } = await handleOrThrow(handle, returnDecider, {
      stream: returnStream(return_id),
      command,
      context,
    });
    return events.length > 0 && !repeated;
  };
  return { release: moveBy('ReleaseOrder'), autoProcess: moveBy('AutoProcessOrder'), expireReturn };
};

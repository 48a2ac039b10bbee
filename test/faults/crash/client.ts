import { randomUUID } from 'node:crypto';
import { TooMuchContention, wasRejected } from '../../../src/commands/handle.ts';
import { match } from 'ts-pattern';
import type { OrderCommands, OrderOutcome } from '../../../src/commands/orders.ts';
import { isPlaced, SHIPMENT_ACTIONS, type OrderState } from '../../../src/domain/order/index.ts';
import { StoreUnavailable } from '../../../src/event-store/port.ts';
import { newLine } from '../../support/core.ts';
import { context, personalOf } from '../../support/orders.ts';
import { Died, type Step } from './life.ts';
import type { Turns } from './turns.ts';
import { startProcess, type Process, type World } from './world.ts';

const GOODS = ['ship_items', 'move_shipment', 'cancel_items', 'hold', 'release'] as const;
export const WISHES = [
  ...(['place', 'advance', 'ship', 'out_for_delivery', 'cancel', 'modify', 'describe'] as const),
  ...GOODS,
] as const;

/** One thing that a person wants; `nth` picks the order. `times`: over so many connections at once, under one id. */
export type Intention = {
  readonly wish: (typeof WISHES)[number];
  readonly nth: number;
  readonly times: 1 | 2;
};

/** What was answered in the end, and under which command id it was asked for. */
export type Acknowledged = { readonly commandId: string; readonly outcome: OrderOutcome };

const NEXT: Partial<Record<OrderState['status'], string>> = {
  pending: 'confirm',
  confirmed: 'start_processing',
  processing: 'ship',
  partially_shipped: 'ship',
  shipped: 'deliver',
};

type Ask = (process: Process) => Promise<OrderOutcome>;

const personal = (): Parameters<Process['orders']['place']>[0]['personal'] => {
  const { line_meta_data: _, ...rest } = personalOf('मीरा शर्मा');
  return rest;
};

const asking = ({ wish, nth }: Intention, commandId: string, known: readonly Acknowledged[]): Ask => {
  const caller = { context: context({ command_id: commandId, correlation_id: commandId }), repeatable: true };
  const lines = [newLine({ quantity: 1 + (nth % 3) })];
  const of = known.length === 0 ? undefined : known[nth % known.length];
  if (wish === 'place' || of === undefined) {
    const order = { customer_id: `c-${nth % 3}`, currency: 'EUR', payment_method: null, scheduled_for: null, lines };
    return ({ orders }) => orders.place({ ...order, personal: personal() }, caller);
  }
  const { id, state } = of.outcome;
  const target = { ...caller, id };
  if (wish === 'modify') return ({ orders }) => orders.replaceItems(target, { lines });
  if (wish === 'describe') return ({ orders }) => orders.changeDetails(target, { notes: `note ${nth}` });
  if (isOfGoods(wish)) return onGoods(wish, target, { order: state, nth });
  const action = wish === 'advance' ? (NEXT[state.status] ?? 'cancel') : wish;
  return ({ orders }) => orders.takeAction(target, { action });
};

type OfGoods = (typeof GOODS)[number];
const isOfGoods = (wish: Intention['wish']): wish is OfGoods => GOODS.some((one) => one === wish);

/** What happens to goods, by what the client last knew of the order. */
const onGoods = (
  wish: OfGoods,
  target: Parameters<OrderCommands['hold']>[0],
  { order, nth }: { readonly order: OrderState; readonly nth: number },
): Ask => {
  const { lines, shipments } = isPlaced(order) ? order : { lines: [], shipments: [] };
  const items = [{ order_item_id: lines[nth % Math.max(1, lines.length)]?.id ?? '', quantity: 1 + (nth % 2) }];
  const shipment_id = shipments[nth % Math.max(1, shipments.length)]?.shipment_id ?? '';
  const action = SHIPMENT_ACTIONS[nth % SHIPMENT_ACTIONS.length] ?? 'deliver';
  const isEnd = action === 'lost' || action === 'returned_to_sender';
  const resolution = isEnd && nth % 3 > 0 ? ([undefined, 'refund', 'resend'] as const)[nth % 3] : undefined;
  return match(wish)
    .returnType<Ask>()
    .with(
      'ship_items',
      () =>
        ({ orders }) =>
          orders.shipItems(target, { items }),
    )
    .with(
      'move_shipment',
      () =>
        ({ orders }) =>
          orders.moveShipment(target, { shipment_id, action, resolution }),
    )
    .with(
      'cancel_items',
      () =>
        ({ orders }) =>
          orders.cancelItems(target, { items, reason_category: 'out_of_stock' }),
    )
    .with(
      'hold',
      () =>
        ({ orders }) =>
          orders.hold(target, { reason_category: 'address' }),
    )
    .with(
      'release',
      () =>
        ({ orders }) =>
          orders.releaseHold(target, {}),
    )
    .exhaustive();
};

/** Asks again under the same id, in a new process where the old one died, until it is answered. */
const askUntilAnswered = async (world: World, startLife: () => Step, ask: Ask): Promise<OrderOutcome> => {
  let child = startProcess(world, startLife());
  for (;;) {
    try {
      return await ask(child);
    } catch (error) {
      if (error instanceof Died) child = startProcess(world, startLife());
      else if (!(error instanceof StoreUnavailable || error instanceof TooMuchContention)) throw error;
    }
  }
};

/** Takes up one intention after the other. */
export const runClient = async (
  world: World,
  { start, playAll }: { readonly start: () => Step } & Pick<Turns, 'playAll'>,
  { script, answers }: { readonly script: readonly Intention[]; readonly answers: Acknowledged[] },
): Promise<void> => {
  for (const intention of script) {
    const commandId = randomUUID();
    // The latest answer about each order, from any client.
    const latest = new Map(answers.map((answer) => [answer.outcome.id, answer]));
    const ask = asking(intention, commandId, [...latest.values()]);
    const once = (): Promise<OrderOutcome> => askUntilAnswered(world, start, ask);
    const outcomes = await playAll(Array.from({ length: intention.times }, () => once));
    for (const outcome of outcomes) answers.push({ commandId, outcome });
  }
};

export const accepted = ({ outcome }: Acknowledged) => (wasRejected(outcome) ? [] : outcome.events);

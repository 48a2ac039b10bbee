import { randomUUID } from 'node:crypto';
import { TooMuchContention, wasRefused } from '../../../src/commands/handle.ts';
import type { OrderOutcome } from '../../../src/commands/orders.ts';
import type { OrderState } from '../../../src/domain/order/index.ts';
import { StoreUnavailable } from '../../../src/event-store/port.ts';
import { newLine } from '../../support/core.ts';
import { context, personalOf } from '../../support/orders.ts';
import { Died, type Step } from './life.ts';
import { startProcess, type Process, type World } from './world.ts';

export const WISHES = ['place', 'advance', 'ship', 'out_for_delivery', 'cancel', 'modify', 'describe'] as const;

/** One thing that a person wants; `nth` picks the order. */
export type Intention = { readonly wish: (typeof WISHES)[number]; readonly nth: number };

/** What was answered in the end, and under which command id it was asked for. */
export type Acknowledged = { readonly commandId: string; readonly outcome: OrderOutcome };

const NEXT: Partial<Record<OrderState['status'], string>> = {
  pending: 'confirm',
  confirmed: 'start_processing',
  processing: 'ship',
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
  if (wish === 'modify') return ({ orders }) => orders.replaceItems(target, lines);
  if (wish === 'describe') return ({ orders }) => orders.changeDetails(target, { notes: `note ${nth}` });
  const action = wish === 'advance' ? (NEXT[state.status] ?? 'cancel') : wish;
  return ({ orders }) => orders.takeAction(target, { action });
};

/** Takes up one intention after the other, asking again under the same id until it is answered. */
export const runClient = async (
  world: World,
  startLife: () => Step,
  { script, answers }: { readonly script: readonly Intention[]; readonly answers: Acknowledged[] },
): Promise<void> => {
  let process = startProcess(world, startLife());
  for (const intention of script) {
    const commandId = randomUUID();
    // The latest answer about each order, whoever got it.
    const latest = new Map(answers.map((answer) => [answer.outcome.id, answer]));
    const ask = asking(intention, commandId, [...latest.values()]);
    for (let outcome: OrderOutcome | undefined; outcome === undefined;) {
      try {
        outcome = await ask(process);
        answers.push({ commandId, outcome });
      } catch (error) {
        if (error instanceof Died) process = startProcess(world, startLife());
        else if (!(error instanceof StoreUnavailable || error instanceof TooMuchContention)) throw error;
      }
    }
  }
};

export const accepted = ({ outcome }: Acknowledged) => (wasRefused(outcome) ? [] : outcome.events);

import { setTimeout as delay } from 'node:timers/promises';
import type { ApiClient } from './api-client.ts';
import type { Followed } from './follow.ts';

/** What the scenes of the demo share. */
export type Stage = {
  /** The merchant's staff: an admin. */
  readonly staff: ApiClient;
  readonly customer: ApiClient;
  /** The customer of the grocery order, and the courier who brings it. */
  readonly neighbour: ApiClient;
  readonly courier: ApiClient;
  /** Follows an order live as the neighbour. */
  readonly follow: (
    path: string,
    onEvent: (event: Followed) => void,
  ) => Promise<{ /** The stream ended by itself. */ readonly ended: Promise<void> }>;
  readonly outputFolder: string;
  readonly print: (line: string) => void;
};

export type OrderView = {
  readonly id: string;
  readonly order_number: string;
  readonly customer_name: string;
  readonly status: string;
  readonly currency: string;
  readonly subtotal: number;
  readonly discount_total: number;
  readonly tax: number;
  readonly shipping_cost: number;
  readonly total: number;
  readonly amount_due: number;
  readonly items: readonly { readonly id: string; readonly product_name: string; readonly quantity: number }[];
  readonly allowed_actions: readonly string[];
};

const COLUMN = 18;
const TIMEOUT_MS = 20_000;
const LOOK_EVERY_MS = 100;

/** A line of the demo: what happened, and to what. */
export const tell = ({ print }: Pick<Stage, 'print'>, what: string, text: string): void =>
  print(`${what.padEnd(COLUMN)}${text}`);

export const amount = (value: number, currency: string): string => `${value.toFixed(2)} ${currency}`;

/** Polls until there is an answer: consequences of an event follow a moment later. */
export const waitFor = async <T>(what: string, look: () => Promise<T | undefined>): Promise<T> => {
  const until = Date.now() + TIMEOUT_MS;
  while (Date.now() < until) {
    const found = await look();
    if (found !== undefined) return found;
    await delay(LOOK_EVERY_MS);
  }
  throw new Error(`${what}: not within ${TIMEOUT_MS / 1_000} s`);
};

import { randomBytes, randomUUID } from 'node:crypto';
import type { Knex } from 'knex';
import { wasRejected } from '../../src/commands/handle.ts';
import type { DrawNumber, NewLine } from '../../src/commands/orders.ts';
import { createCommands, type Commands } from '../../src/app/compose/commands.ts';
import { openNotificationStores, type NotificationStores } from '../../src/app/compose/notifications.ts';
import { createContainer, type Container } from '../../src/app/container.ts';
import { webhookSecrets, type WebhookSecrets } from '../../src/webhooks/secrets.ts';
import { DEFAULT_ORDER_SETTINGS, type OrderSettings } from '../../src/domain/order/index.ts';
import type { EventStore } from '../../src/event-store/port.ts';
import { mug } from './order-commands.ts';
import { context, personalOf } from './orders.ts';

/** All that the roles compose, in one hand. */
export type Core = Container & Commands & NotificationStores & { readonly webhookSecrets: WebhookSecrets };

/** The write side over a test database, with the defaults of a fresh installation. */
export const testCore = (
  db: Knex,
  store: EventStore,
  masterKey: Uint8Array = randomBytes(32),
  drawNumber?: DrawNumber,
  orderSettings: OrderSettings = DEFAULT_ORDER_SETTINGS,
): Core => {
  let drawn = 0;
  const container = createContainer({ db, store, masterKey });
  return {
    ...container,
    ...createCommands(container, {
      orderSettings,
      taxRate: '0.1',
      shippingFee: () => 500,
      businessTimeZone: 'UTC',
      documentPrefixes: { invoice: 'INV', credit_memo: 'CRM' },
      drawNumber: drawNumber ?? (() => Promise.resolve(`ORD-2026-${String(++drawn).padStart(6, '0')}`)),
    }),
    ...openNotificationStores(container),
    webhookSecrets: webhookSecrets(masterKey),
  };
};

export const newLine = (changes: Partial<NewLine> = {}): NewLine => {
  const { id: _, ...line } = mug();
  return { ...line, ...changes };
};

const caller = () => ({ context: context({ command_id: randomUUID() }), repeatable: false });

export type PlaceOptions = {
  readonly customer_id?: string;
  readonly lines?: readonly NewLine[];
  readonly locale?: string;
  readonly customer_email?: string | null;
  readonly customer_name?: string | null;
};

/** Places an order through the commands, as the API does. */
export const placeOrder = async (
  { orders }: Core,
  { customer_id = 'c-1', lines = [newLine()], locale, ...who }: PlaceOptions = {},
): Promise<string> => {
  const { line_meta_data: _, ...personal } = { ...personalOf('मीरा शर्मा'), ...who };
  const placed = await orders.place(
    { customer_id, currency: 'EUR', locale, payment_method: null, scheduled_for: null, lines, personal },
    caller(),
  );
  if (wasRejected(placed)) throw new Error(`placing was rejected: ${placed.rejection.rejected}`);
  return placed.id;
};

/** Takes actions on an order one after the other; every one must be possible. */
export const takeActions = async ({ orders }: Core, id: string, actions: readonly string[]): Promise<void> => {
  for (const action of actions) {
    const outcome = await orders.takeAction({ ...caller(), id }, { action });
    if (wasRejected(outcome)) throw new Error(`${action} was rejected: ${outcome.rejection.rejected}`);
  }
};

export const shipOrder = async (core: Core, options: PlaceOptions = {}): Promise<string> => {
  const id = await placeOrder(core, options);
  await takeActions(core, id, ['confirm', 'start_processing', 'ship']);
  return id;
};

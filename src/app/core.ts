import type { Knex } from 'knex';
import { createSchedulingCommands, type SchedulingCommands } from '../commands/scheduling.ts';
import { createDocumentCommands, type DocumentCommands } from '../commands/documents.ts';
import { createHandle, type Handle } from '../commands/handle.ts';
import { orderIds } from '../commands/order-ids.ts';
import { createPaymentProcess, type PaymentProcess } from '../commands/payment-process.ts';
import { createOrderCommands, type DrawNumber, type OrderCommands } from '../commands/orders.ts';
import type { PaymentTokens } from '../commands/payment-tokens.ts';
import { createPaymentCommands, type PaymentCommands } from '../commands/payments.ts';
import { createReadStream, type ReadStream } from '../commands/read.ts';
import { createReturnProcess, type ReturnProcess } from '../commands/return-process.ts';
import { createReturnCommands, type ReturnCommands } from '../commands/returns.ts';
import type { DocumentType } from '../domain/document/index.ts';
import { createOrderDecider, type OrderPolicy } from '../domain/order/index.ts';
import type { Currency, Minor } from '../domain/shared/money.ts';
import type { TaxRate } from '../domain/shared/tax-rate.ts';
import { createCodec, type Codec } from '../event-store/codec.ts';
import type { EventStore } from '../event-store/port.ts';
import { businessYearIn } from '../platform/business-calendar.ts';
import { openDataKeys } from '../platform/data-keys.ts';
import { openDevices, type Devices } from '../notifications/push/devices.ts';
import { openMessages, type Messages } from '../notifications/outbox/list.ts';
import { openOutbox, type Outbox } from '../notifications/outbox/outbox.ts';
import { openPaymentTokens } from '../gateways/payment/payment-tokens.ts';
import { webhookSecrets, type WebhookSecrets } from '../webhooks/secrets.ts';

export type CoreSettings = {
  readonly policy: OrderPolicy;
  readonly taxRate: TaxRate;
  readonly shippingFee: (currency: Currency) => Minor;
  /** IANA name: decides in which year a document falls. */
  readonly businessTimeZone: string;
  readonly documentPrefixes: Readonly<Record<DocumentType, string>>;
};

/** What every role works with: the log, opened and decided on. */
export type Core = {
  readonly db: Knex;
  readonly store: EventStore;
  readonly codec: Codec;
  readonly handle: Handle;
  readonly readStream: ReadStream;
  readonly orders: OrderCommands;
  readonly payments: PaymentCommands;
  readonly returns: ReturnCommands;
  readonly documents: DocumentCommands;
  readonly scheduling: SchedulingCommands;
  readonly paymentProcess: PaymentProcess;
  readonly returnProcess: ReturnProcess;
  readonly paymentTokens: PaymentTokens;
  readonly webhookSecrets: WebhookSecrets;
  readonly outbox: Outbox;
  readonly messages: Messages;
  readonly devices: Devices;
};

export const createCore = ({
  db,
  store,
  masterKey,
  drawNumber,
  settings,
}: {
  readonly db: Knex;
  readonly store: EventStore;
  /** 32 bytes. */
  readonly masterKey: Uint8Array;
  readonly drawNumber: DrawNumber;
  readonly settings: CoreSettings;
}): Core => {
  const dataKeys = openDataKeys({ db, masterKey });
  const codec = createCodec(dataKeys);
  const handle = createHandle({ store, codec });
  const readStream = createReadStream({ store, codec });
  const decider = createOrderDecider(settings.policy, orderIds);
  const paymentTokens = openPaymentTokens(db, dataKeys);
  const deciding = { handle, readStream, decider };
  const moneyPolicies = createPaymentProcess({ ...deciding, tokens: paymentTokens });
  const returnPolicies = createReturnProcess(deciding);
  return {
    db,
    store,
    codec,
    handle,
    readStream,
    orders: createOrderCommands({
      handle,
      decider,
      drawNumber,
      taxRate: settings.taxRate,
      shippingFee: settings.shippingFee,
    }),
    payments: createPaymentCommands({ ...deciding, policies: moneyPolicies, tokens: paymentTokens, drawNumber }),
    returns: createReturnCommands({ ...deciding, policies: returnPolicies, moneyPolicies, drawNumber }),
    scheduling: createSchedulingCommands(deciding),
    paymentProcess: moneyPolicies,
    returnProcess: returnPolicies,
    paymentTokens,
    webhookSecrets: webhookSecrets(masterKey),
    outbox: openOutbox(db, dataKeys),
    messages: openMessages(db, dataKeys),
    devices: openDevices(db, dataKeys),
    documents: createDocumentCommands({
      handle,
      store,
      readStream,
      prefixes: settings.documentPrefixes,
      businessYear: businessYearIn(settings.businessTimeZone),
    }),
  };
};

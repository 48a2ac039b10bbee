import type { Knex } from 'knex';
import { createDocumentCommands, type DocumentCommands } from './commands/documents.ts';
import { createHandle, type Handle } from './commands/handle.ts';
import { orderIds } from './commands/order-ids.ts';
import { createOrderCommands, type DrawNumber, type OrderCommands } from './commands/orders.ts';
import { createReadStream, type ReadStream } from './commands/read.ts';
import type { DocumentType } from './domain/document/index.ts';
import { createOrderDecider, type OrderPolicy } from './domain/order/index.ts';
import type { Currency, Minor } from './domain/shared/money.ts';
import type { TaxRate } from './domain/shared/tax-rate.ts';
import { createCodec, type Codec } from './event-store/codec.ts';
import type { EventStore } from './event-store/port.ts';
import { businessYearIn } from './platform/business-calendar.ts';
import { openDataKeys } from './platform/data-keys.ts';

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
  readonly documents: DocumentCommands;
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
  const codec = createCodec(openDataKeys({ db, masterKey }));
  const handle = createHandle({ store, codec });
  const readStream = createReadStream({ store, codec });
  return {
    db,
    store,
    codec,
    handle,
    readStream,
    orders: createOrderCommands({
      handle,
      decider: createOrderDecider(settings.policy, orderIds),
      drawNumber,
      taxRate: settings.taxRate,
      shippingFee: settings.shippingFee,
    }),
    documents: createDocumentCommands({
      handle,
      store,
      readStream,
      prefixes: settings.documentPrefixes,
      businessYear: businessYearIn(settings.businessTimeZone),
    }),
  };
};

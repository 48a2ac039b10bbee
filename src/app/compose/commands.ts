import {
  createDocumentCommands,
  createExchangeProcess,
  createHandleOrder,
  createPrepareExchange,
  createOrderCommands,
  createOrderMoneyCommands,
  createPaymentCommands,
  createPaymentProcess,
  createReturnCommands,
  createReturnProcess,
  createSchedulingCommands,
  createStoreCreditCommands,
  createWaitForTurn,
  orderIds,
  type DocumentCommands,
  type DrawNumber,
  type ExchangeProcess,
  type OrderCommands,
  type OrderMoneyCommands,
  type PaymentCommands,
  type PaymentProcess,
  type PaymentTokens,
  type ReturnCommands,
  type ReturnProcess,
  type SchedulingCommands,
  type StoreCreditCommands,
} from '../../commands/index.ts';
import type { Config } from '../../config/index.ts';
import type { DocumentType } from '../../domain/document/index.ts';
import { createOrderDecider, type OrderDecider, type OrderSettings } from '../../domain/order/index.ts';
import type { Currency, Minor } from '../../domain/shared/money.ts';
import type { TaxRate } from '../../domain/shared/tax-rate.ts';
import { openPaymentTokens } from '../../gateways/payment/index.ts';
import type { Container } from '../container.ts';
import { businessYearIn, numbersOf } from './numbering.ts';

/** Everything that writes to the log. */
export type Commands = {
  readonly decider: OrderDecider;
  readonly orders: OrderCommands;
  readonly orderMoney: OrderMoneyCommands;
  readonly payments: PaymentCommands;
  readonly returns: ReturnCommands;
  readonly documents: DocumentCommands;
  readonly scheduling: SchedulingCommands;
  readonly storeCredit: StoreCreditCommands;
  readonly paymentProcess: PaymentProcess;
  readonly returnProcess: ReturnProcess;
  readonly exchangeProcess: ExchangeProcess;
  readonly paymentTokens: PaymentTokens;
};

export type CommandSettings = {
  readonly orderSettings: OrderSettings;
  readonly taxRate: TaxRate;
  readonly shippingFee: (currency: Currency) => Minor;
  /** IANA name: decides in which year a document falls. */
  readonly businessTimeZone: string;
  readonly documentPrefixes: Readonly<Record<DocumentType, string>>;
  readonly drawNumber: DrawNumber;
};

export const createCommands = (
  { db, store, dataKeys, handle, readStream }: Container,
  { orderSettings, taxRate, shippingFee, businessTimeZone, documentPrefixes, drawNumber }: CommandSettings,
): Commands => {
  const decider = createOrderDecider(orderSettings, orderIds);
  const paymentTokens = openPaymentTokens(db, dataKeys);
  const deciding = { handle, readStream, decider };
  const paymentProcess = createPaymentProcess({ ...deciding, tokens: paymentTokens });
  const returnProcess = createReturnProcess({ ...deciding, paymentProcess });
  const exchangeProcess = createExchangeProcess({ ...deciding, drawNumber });
  const prepareExchange = createPrepareExchange({ decider, drawNumber, taxRate, shippingFee });
  const handleOrder = createHandleOrder({ ...deciding, paymentProcess, waitForTurn: createWaitForTurn() });
  return {
    decider,
    orders: createOrderCommands({ handle, handleOrder, decider, drawNumber, taxRate, shippingFee }),
    orderMoney: createOrderMoneyCommands({ handleOrder, payments: paymentProcess, returns: returnProcess }),
    payments: createPaymentCommands({ ...deciding, handleOrder, paymentProcess, tokens: paymentTokens, drawNumber }),
    returns: createReturnCommands({
      ...deciding,
      handleOrder,
      returnProcess,
      paymentProcess,
      exchangeProcess,
      prepareExchange,
      drawNumber,
    }),
    scheduling: createSchedulingCommands({ ...deciding, returnExpiresDays: orderSettings.returnExpiresDays }),
    storeCredit: createStoreCreditCommands({ handle }),
    paymentProcess,
    returnProcess,
    exchangeProcess,
    paymentTokens,
    documents: createDocumentCommands({
      handle,
      store,
      readStream,
      prefixes: documentPrefixes,
      businessYear: businessYearIn(businessTimeZone),
    }),
  };
};

/** The commands as configured. */
export const commandsOf = (config: Config, container: Container): Commands =>
  createCommands(container, {
    orderSettings: config.orders.settings,
    taxRate: config.orders.taxRate,
    shippingFee: config.orders.shippingFee,
    businessTimeZone: config.businessTimeZone,
    documentPrefixes: config.numberPrefixes,
    drawNumber: numbersOf(config, container.db),
  });

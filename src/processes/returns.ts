import type { ExchangeProcess, ReturnProcess } from '../commands/index.ts';
import { defineProcess, perEvent } from './engine/process.ts';

type ReturnDeps = { readonly returnProcess: ReturnProcess };

/** The order put units under a return: the return begins. */
const initiateReturn = defineProcess({
  name: 'initiate-return',
  on: { order: ['ReturnOpened'] },
  key: perEvent,
  run: (cause, { returnProcess }: ReturnDeps) => returnProcess.initiate(cause),
});

/** The return was processed: the order decides what it is worth and who gets it. */
const settleReturn = defineProcess({
  name: 'settle-return',
  on: { return: ['ReturnProcessed'] },
  key: perEvent,
  run: (cause, { returnProcess }: ReturnDeps, { at }) => returnProcess.settle(cause, at),
});

/** The return was rejected or withdrawn, or was never sent: its units are free again. */
const closeReturn = defineProcess({
  name: 'close-return',
  on: { return: ['ReturnRejected', 'ReturnCancelled', 'ReturnNotSent'] },
  key: perEvent,
  run: (cause, { returnProcess }: ReturnDeps, { at }) => returnProcess.close(cause, at),
});

/** The order says that the money is back, or that there was none to go: the return is refunded. */
const finishReturn = defineProcess({
  name: 'finish-return',
  on: { order: ['ReturnClosed'] },
  when: ({ fact }) => fact.data.outcome === 'refunded',
  key: perEvent,
  run: (cause, { returnProcess }: ReturnDeps, { at }) => returnProcess.finish(cause, at),
});

type ExchangeDeps = { readonly exchangeProcess: ExchangeProcess };

/** The return was exchanged: the new order is placed. */
const placeExchange = defineProcess({
  name: 'place-exchange',
  on: { return: ['ReturnExchanged'] },
  key: perEvent,
  run: (cause, { exchangeProcess }: ExchangeDeps) => exchangeProcess.place(cause),
});

/** The store credit of an exchanged return is there: it pays for the new order. */
const payExchange = defineProcess({
  name: 'pay-exchange',
  on: { return: ['ReturnRefunded'] },
  key: perEvent,
  run: (cause, { exchangeProcess }: ExchangeDeps, { at }) => exchangeProcess.pay(cause, at),
});

/** Order and return keep step: opened here and begun there, processed there and settled here, closed here and ended there. */
export const returns = [initiateReturn, settleReturn, closeReturn, finishReturn, placeExchange, payExchange] as const;

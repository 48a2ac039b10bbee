import type { ReturnProcess } from '../commands/index.ts';
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

/** Order and return keep step: opened here and begun there, processed there and settled here, closed here and ended there. */
export const returns = [initiateReturn, settleReturn, closeReturn, finishReturn] as const;

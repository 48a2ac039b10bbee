import { isPayment, paymentDecider, type Payment } from '../domain/payment/index.ts';
import type { ReadStream } from './read.ts';

/** The payment of a stream that is known to hold one. */
export const readPaymentOf = async (readStream: ReadStream, stream: string): Promise<Payment> => {
  const found = await readStream(paymentDecider, stream);
  if (found === undefined || !isPayment(found.state)) throw new Error(`${stream} does not fold to a payment`);
  return found.state;
};

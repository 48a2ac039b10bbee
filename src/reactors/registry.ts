import { invoiceOnShipping } from './invoice-on-shipping.ts';
import type { Reactor } from './reactor.ts';

/** Every policy there is. */
export const reactors: readonly Reactor[] = [invoiceOnShipping];

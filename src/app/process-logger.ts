import { createLogger, type Logger, type LoggerOptions } from '../platform/logging.ts';

/** Properties that hold personal data or a means of payment: no log line shows them. */
const PERSONAL = [
  'personal',
  'customer_email',
  'customer_name',
  'shipping_address',
  'billing_address',
  'email',
  'phone',
  'payment_token',
];

/** The log of one process: never a credential, never personal data. */
export const createProcessLogger = (options: Omit<LoggerOptions, 'hidden'>): Logger =>
  createLogger({ ...options, hidden: PERSONAL });

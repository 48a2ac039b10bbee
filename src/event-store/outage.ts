import { isDatabaseOutage } from '../platform/outage.ts';
import { StoreUnavailable } from './port.ts';

/** The database or the event store is away, or too busy: it passes. */
export const isOutage = (error: unknown): boolean => error instanceof StoreUnavailable || isDatabaseOutage(error);

export { type CallGatewayOnce, type KnownOutcome, createCallGatewayOnce } from './call-gateway-once.ts';
export { openGatewayAttempts } from './gateway-attempts.ts';
export { createHttpGateway } from './http.ts';
export { openPaymentTokens } from './payment-tokens.ts';
export type { PaymentGateway } from './port.ts';
export { retryingGateway } from './retrying-gateway.ts';
export { type LedgerEntry, type LedgerPage, readLedger, readLedgerOfDay } from './sandbox-ledger.ts';
export { createSandboxGateway } from './sandbox.ts';

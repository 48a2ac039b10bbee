/**
 * What a customer's card is called at the gateway. Kept sealed under the customer's key until the payment has its
 * outcome; in no event, job or log.
 */
export type PaymentTokens = {
  /** Keeps the token of a payment. A second one for the same payment is ignored. */
  readonly keep: (token: {
    readonly payment_id: string;
    readonly customer_id: string;
    readonly token: string;
  }) => Promise<void>;
  /** Null: there was none, it is forgotten, or its customer was erased. */
  readonly open: (payment_id: string) => Promise<string | null>;
  readonly forget: (payment_id: string) => Promise<void>;
};

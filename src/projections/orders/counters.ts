/** Names under which rows are counted, so that the commonest totals cost nothing. */
export const ALL = 'all';
export const ofCustomer = (id: string): string => `customer:${id}`;
export const inStatus = (status: string): string => `status:${status}`;

export const countersOf = ({
  customer_id,
  status,
}: {
  readonly customer_id: string;
  readonly status: string;
}): readonly string[] => [ALL, ofCustomer(customer_id), inStatus(status)];

import type { SellInput } from '../../checkout/index.ts';
import type { OrderDeps } from '../orders/deps.ts';
import { demandFullAddresses, demandImpersonalId, localeOf, personalOf } from '../orders/input.ts';
import type { RequestFacts } from '../server/route.ts';
import type { SellBody } from './schemas.ts';

type Selling = Pick<RequestFacts, 'caller' | 'acceptLanguage'> & { readonly body: SellBody };

/** A customer's own order, whose lines come from elsewhere. */
export const sellInput = (
  { body, caller, acceptLanguage }: Selling,
  { requireFullAddress, ...deps }: Pick<OrderDeps, 'requireFullAddress' | 'customerIdMayBePersonal'>,
): SellInput => {
  if (requireFullAddress) demandFullAddresses(body);
  return {
    customer_id: demandImpersonalId(caller.id, deps),
    payment_method: body.payment_method ?? null,
    scheduled_for: body.scheduled_for ?? null,
    locale: localeOf(body, caller, acceptLanguage),
    personal: personalOf(body, caller),
  };
};

import { countryOf } from '../../shared/country.ts';
import { orderPaymentMethod } from '../vocabulary/payment-methods.ts';
import { accept, type Decision } from '../../shared/decider.ts';
import { isAfter, plusMinutes } from '../../shared/instant.ts';
import type { PlaceOrder } from '../vocabulary/commands.ts';
import type { OrderPlaced } from '../vocabulary/events.ts';
import type { OrderSettings } from '../settings.ts';
import { priceLines } from './price-lines.ts';
import type { OrderRejection } from '../vocabulary/rejections.ts';
import { isPlaced, type OrderState } from '../vocabulary/state.ts';

/** A new order: every price and tax is decided here, once. */
export const placeOrder = (
  { data, at }: PlaceOrder,
  state: OrderState,
  settings: OrderSettings,
): Decision<OrderPlaced, OrderRejection> => {
  if (isPlaced(state)) return { rejected: 'order.already_placed' };
  const { scheduled_for, personal, external } = data;
  if (scheduled_for !== null && !isAfter(scheduled_for, at)) {
    return { rejected: 'order.scheduled_in_the_past', scheduled_for };
  }
  const priced = priceLines(data.lines, { ...data, mayBeFree: external !== undefined });
  if ('rejected' in priced) return priced;
  const ship_country = countryOf(personal.shipping_address);
  return accept({
    type: 'OrderPlaced',
    data: {
      ...data,
      payment_method: data.payment_method === null ? null : orderPaymentMethod(data.payment_method),
      lines: priced.lines,
      ...(ship_country !== undefined && { ship_country }),
      estimated_delivery_at:
        scheduled_for === null && external === undefined ? plusMinutes(at, settings.deliveryEstimateMinutes) : null,
      personal: { ...personal, billing_address: personal.billing_address ?? personal.shipping_address },
    },
  });
};

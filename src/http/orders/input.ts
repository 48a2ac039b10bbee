import type { OrderRequest } from '../../checkout/index.ts';
import type { NewLine, PlaceOrderInput } from '../../commands/index.ts';
import type { Caller } from '../server/caller.ts';
import { preferredLanguage } from '../server/conventions.ts';
import { type FieldError, invalid, problem } from '../server/problem.ts';
import type { OrderItemRequest, PlaceOrderBody } from './request-schemas.ts';
import type { Address } from '../../domain/order/index.ts';
import { isPersonalId } from '../../domain/shared/customer-id.ts';
import type { OrderDeps } from './deps.ts';
import { isVisible } from '../../domain/shared/visible-text.ts';

/** For fields that only an admin may send. */
const forbidden = (field: string) =>
  problem('auth.forbidden', `Only an admin may send ${field}. Leave it out.`, {
    errors: [{ field, message: 'may only be sent by an admin' }],
  });

export const rejectAdminFields = (items: readonly OrderItemRequest[], { role }: Caller): void => {
  if (role !== 'customer') return;
  for (const [index, { discount, tax }] of items.entries()) {
    if (discount !== undefined) throw forbidden(`items[${index}].discount`);
    if (tax !== undefined) throw forbidden(`items[${index}].tax`);
  }
};

/** A customer's own, or whose an admin says it is. */
const customerOf = ({ customer_id }: PlaceOrderBody, caller: Caller): string => {
  if (caller.role === 'customer') {
    if (customer_id === undefined || customer_id === caller.id) return caller.id;
    throw problem('auth.forbidden', 'A customer may only order for themselves. Leave customer_id out.', {
      errors: [{ field: 'customer_id', message: 'must be your own' }],
    });
  }
  if (customer_id !== undefined) return customer_id;
  throw invalid([{ field: 'customer_id', message: 'is required: a string or an integer' }]);
};

/** It is kept in clear, also when the customer is erased. */
export const demandImpersonalId = (
  customer_id: string,
  { customerIdMayBePersonal = false }: Pick<OrderDeps, 'customerIdMayBePersonal'>,
): string => {
  if (customerIdMayBePersonal || !isPersonalId(customer_id)) return customer_id;
  const message = 'must not be an e-mail address or a telephone number: it is kept when the customer is erased';
  throw invalid([{ field: 'customer_id', message }]);
};

export const toLines = (items: readonly OrderItemRequest[]): readonly NewLine[] =>
  items.map(({ product_name = null, product_sku = null, product_description = null, ...item }) => ({
    product_name,
    product_sku,
    product_description,
    ...item,
  }));

/** Who, where to and free text; a customer's token says what they left out. */
export const personalOf = (body: Omit<PlaceOrderBody, 'items'>, caller: Caller): PlaceOrderInput['personal'] => {
  const own = caller.role === 'customer' ? caller : { email: null, name: null };
  return {
    customer_email: body.customer_email ?? own.email,
    customer_name: body.customer_name ?? own.name,
    shipping_address: body.shipping_address ?? null,
    billing_address: body.billing_address ?? null,
    notes: body.notes ?? null,
    meta_data: body.meta_data ?? null,
    latitude: body.delivery_latitude ?? null,
    longitude: body.delivery_longitude ?? null,
  };
};

/** In which language the customer is written to. An admin's browser says nothing about the customer. */
export const localeOf = (
  { locale }: Pick<PlaceOrderBody, 'locale'>,
  { role }: Caller,
  acceptLanguage: string | undefined,
): string | undefined => locale ?? (role === 'customer' ? preferredLanguage(acceptLanguage) : undefined);

/** An order as asked for over HTTP: who it is for, and with what they left out. */
export const placeOrderInput = (
  body: PlaceOrderBody,
  caller: Caller,
  {
    acceptLanguage,
    ...deps
  }: Pick<OrderDeps, 'defaultCurrency' | 'customerIdMayBePersonal'> & { readonly acceptLanguage: string | undefined },
): OrderRequest => {
  rejectAdminFields(body.items, caller);
  if (caller.role === 'customer' && body.delivery_fee !== undefined) throw forbidden('delivery_fee');
  return {
    customer_id: demandImpersonalId(customerOf(body, caller), deps),
    currency: body.currency ?? deps.defaultCurrency,
    locale: localeOf(body, caller, acceptLanguage),
    payment_method: body.payment_method ?? null,
    scheduled_for: body.scheduled_for ?? null,
    delivery_fee: body.delivery_fee,
    lines: { priced: toLines(body.items) },
    personal: personalOf(body, caller),
  };
};

const PARTS = ['recipient_name', 'street', 'city', 'state', 'zip_code', 'country', 'phone'] as const;

const isGiven = (value: unknown): boolean => typeof value === 'string' && isVisible(value);

const missingIn = (address: Address, field: string): readonly FieldError[] => {
  if (typeof address === 'string') return [{ field, message: `must be an object with ${PARTS.join(', ')}` }];
  return PARTS.filter((part) => !isGiven(address[part]) && !(part === 'zip_code' && isGiven(address['zip']))).map(
    (part) => ({ field: `${field}.${part}`, message: 'is required: this shop needs complete addresses' }),
  );
};

type Addresses = { readonly shipping_address?: Address | null; readonly billing_address?: Address | null };

const NO_ADDRESS: FieldError = {
  field: 'shipping_address',
  message: 'is required: this shop needs complete addresses',
};

/**
 * With REQUIRE_FULL_ADDRESS: rejects addresses that lack one of the seven parts, naming every missing part. A new order
 * must have a shipping address; a change may leave it as it is, and not take it away.
 */
export const demandFullAddresses = (
  { shipping_address, billing_address }: Addresses,
  of: 'new_order' | 'change' = 'new_order',
): void => {
  const isTakenAway = shipping_address === null || (shipping_address === undefined && of === 'new_order');
  const errors = [
    ...(isTakenAway ? [NO_ADDRESS] : []),
    ...(shipping_address ? missingIn(shipping_address, 'shipping_address') : []),
    ...(billing_address ? missingIn(billing_address, 'billing_address') : []),
  ];
  if (errors.length > 0) throw invalid(errors);
};

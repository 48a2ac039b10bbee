import { EXPORT_COLUMNS, EXPORT_VIEWS, type ExportColumn, type ExportView } from './csv-columns.ts';
import { type Static, Type } from '@sinclair/typebox';
import {
  isOrderWord,
  MAX_LINES,
  MAX_QUANTITY,
  ORDER_NEEDS,
  ORDER_PAYMENT_STATUSES,
  ORDER_REFUND_STATUSES,
  ORDER_STATUSES,
  ORDER_WORDS,
  type OrderNeed,
  orderStatusOf,
  type OrderRefundStatus,
  type PaymentStatus,
} from '../../domain/order/index.ts';
import type { CrossCheck } from '../server/validation/keywords.ts';
import { visibleToCustomer } from '../trail/schemas.ts';
import { address } from '../server/schemas/address.ts';
import {
  amount,
  currency,
  email,
  instant,
  integer,
  language,
  metaData,
  optionalNullable,
  optionalText,
  queryInstant,
  reference,
  strictObject,
  text,
  word,
} from '../server/schemas/fields.ts';
import { businessDay } from '../server/schemas/business-days.ts';
import { paging } from '../server/schemas/paging.ts';
import { ORDER_FIELDS } from './picked-fields.ts';

type PricedItem = { readonly unit_price: unknown; readonly quantity: unknown; readonly discount?: unknown };

/** Only what is itself right can be compared. */
const isCount = (value: unknown): value is number => Number.isSafeInteger(value);

const discountWithinLine: CrossCheck = {
  rule: 'discount must be at most unit_price × quantity',
  check: ({ unit_price, quantity, discount }: PricedItem) =>
    isCount(unit_price) &&
    isCount(quantity) &&
    isCount(discount) &&
    BigInt(discount) > BigInt(unit_price) * BigInt(quantity)
      ? [{ field: 'discount', message: 'must be at most unit_price × quantity' }]
      : [],
};

export const orderItem = strictObject(
  {
    product_id: reference({ description: 'Id of the product in your catalogue.', example: 'mug-blue' }),
    product_name: optionalText({ max: 200, example: 'Blue mug' }),
    product_sku: optionalText({ max: 100, example: 'MUG-BLUE' }),
    product_description: optionalText({ max: 2000 }),
    unit_price: amount({ positive: true, description: 'Price of one unit, before discount and tax.', example: 12.99 }),
    quantity: integer(1, MAX_QUANTITY, { example: 2 }),
    discount: Type.Optional(amount({ positive: false, description: 'Discount on the whole line; at most its price.' })),
    tax: Type.Optional(
      amount({ positive: false, description: 'Tax on the whole line. Default: its share of the order’s tax.' }),
    ),
    meta_data: Type.Optional(metaData()),
  },
  { cross: discountWithinLine, component: 'OrderItemRequest' },
);

export type OrderItemRequest = Static<typeof orderItem>;

const items = Type.Array(orderItem, { minItems: 1, maxItems: MAX_LINES });

const orderFields = {
  customer_id: Type.Optional(
    reference({
      description: 'Id of the customer. Default for customers: their own id.',
      rule: 'an admin must say whose order it is',
    }),
  ),
  customer_email: optionalNullable(email()),
  customer_name: optionalText({ max: 255, example: 'Meera Sharma' }),
  items,
  currency: Type.Optional(currency()),
  locale: optionalNullable(language()),
  shipping_address: optionalNullable(address()),
  billing_address: optionalNullable(address()),
  notes: optionalText({ max: 2000 }),
  meta_data: optionalNullable(metaData()),
  payment_method: optionalNullable(text({ min: 1, max: 50, example: 'credit_card' })),
  delivery_latitude: optionalNullable(Type.Number({ minimum: -90, maximum: 90 })),
  delivery_longitude: optionalNullable(Type.Number({ minimum: -180, maximum: 180 })),
  delivery_fee: Type.Optional(amount({ positive: false, description: 'Default: the shop’s shipping fee.' })),
};

const scheduledFor = instant({ description: 'When to deliver; must be in the future.' });

export const placeOrderBody = strictObject(
  { ...orderFields, scheduled_for: Type.Optional(scheduledFor) },
  { component: 'PlaceOrderRequest' },
);

export const scheduleOrderBody = strictObject(
  { ...orderFields, scheduled_for: scheduledFor },
  { component: 'ScheduleOrderRequest' },
);

export type PlaceOrderBody = Static<typeof placeOrderBody>;

export const replaceItemsBody = strictObject({ items }, { component: 'ReplaceItemsRequest' });

export const addItemsBody = strictObject({ items }, { component: 'AddItemsRequest' });

export const changeOrderBody = strictObject(
  {
    notes: optionalText({
      max: 2000,
      description: 'Notes of the customer. Notes sent by an admin become a note of staff.',
      example: 'Ring twice',
    }),
    visible_to_customer: visibleToCustomer(),
    meta_data: optionalNullable(metaData()),
    shipping_address: optionalNullable(address()),
    billing_address: optionalNullable(address()),
    customer_email: optionalNullable(email()),
    customer_name: optionalText({ max: 255, example: 'Meera Sharma' }),
  },
  { component: 'ChangeOrderRequest' },
);

const force = () =>
  Type.Optional(
    Type.Boolean({
      description: 'Admins, with start_processing: starts an order of which everything was credited, unpaid.',
    }),
  );

const orderWord = () =>
  word(isOrderWord, ORDER_WORDS, {
    description: 'An action or the status it leads to, in any letter case.',
    example: 'confirm',
  });

const isLink = (value: unknown): boolean => {
  if (value === null) return true;
  if (typeof value !== 'string' || !URL.canParse(value)) return false;
  const { protocol, username, password } = new URL(value);
  return (protocol === 'https:' || protocol === 'http:') && username === '' && password === '';
};

/** The customer opens it from a message, so it is nothing but a web address. */
export const trackingUrl = () =>
  Type.Unsafe<string>({
    type: 'string',
    maxLength: 2000,
    refine: { accepts: isLink },
    expected: 'an http or https URL of at most 2000 characters, without a user name',
    description: 'Where the customer can follow the parcel. It stays after an erasure: it must name no person.',
    example: 'https://track.example/00340434161094021501',
  });

export const orderStateBody = strictObject(
  {
    action: orderWord(),
    reason: optionalText({ max: 500 }),
    notes: optionalText({ max: 2000 }),
    carrier: optionalText({ max: 100, description: 'With ship.', example: 'DHL' }),
    tracking_number: optionalText({ max: 100, description: 'With ship.', example: '00340434161094021501' }),
    tracking_url: Type.Optional(trackingUrl()),
    force: force(),
    meta_data: Type.Optional(metaData()),
  },
  { component: 'OrderStateRequest' },
);

export const orderStatusBody = strictObject(
  {
    status: orderWord(),
    reason: optionalText({ max: 500, description: 'With cancelled: the reason, at least 10 characters.' }),
    reason_category: optionalText({ max: 100, description: 'With cancelled.', example: 'changed_mind' }),
    notes: optionalText({ max: 2000 }),
    force: force(),
  },
  { component: 'OrderStatusRequest' },
);

export const cancelOrderBody = strictObject(
  {
    reason: optionalNullable(text({ min: 10, max: 500, example: 'Ordered by mistake' })),
    reason_category: optionalText({ max: 100, example: 'changed_mind' }),
  },
  { component: 'CancelOrderRequest' },
);

/** The same in the query, for clients that send no body with DELETE. */
const trueOrFalse = (description: string, more: { readonly rule?: string } = {}) =>
  Type.Optional(Type.Unsafe<'true' | 'false'>({ type: 'string', enum: ['true', 'false'], description, ...more }));

export const deleteOrderQuery = strictObject({
  permanent: trueOrFalse(
    'true (admin): erases the customer of the order, for ever; the answer is the erasure. The reason is then written down and kept.',
  ),
  all_orders: trueOrFalse('With permanent: true, although the customer has other orders, which are erased as well.', {
    rule: 'with permanent=true only',
  }),
  reason: Type.Optional(text({ min: 10, max: 500, rule: 'in query or body, not both' })),
  reason_category: Type.Optional(text({ max: 100, rule: 'in query or body, not both' })),
});

export const assignDeliveryBody = strictObject(
  { delivery_partner_id: reference({ example: 'courier-7' }) },
  { component: 'AssignDeliveryRequest' },
);

const id = (description: string, more: Record<string, unknown> = {}) =>
  Type.Unsafe<string>({ type: 'string', minLength: 1, maxLength: 255, description, ...more });

const total = (description: string) =>
  Type.Unsafe<string>({
    type: 'string',
    pattern: '^\\d{1,13}(\\.\\d{1,3})?$',
    expected: 'an amount of 0 or more with at most 3 decimals, such as 79.90',
    description,
  });

export const SORTS = ['created_at', '-created_at', 'updated_at', '-updated_at', 'total', '-total'] as const;

const status = word((name) => orderStatusOf(name) !== undefined, ORDER_STATUSES);

const anyOfWords = <Word extends string>(words: readonly Word[]) =>
  Type.Array(Type.Unsafe<Word>({ type: 'string', enum: [...words] }), {
    maxItems: 50,
    description: 'Repeat it, or separate values by commas.',
  });

const filters = {
  customer_id: Type.Optional(id('Orders of this customer.', { rule: 'instead of user_id' })),
  user_id: Type.Optional(id('Same as customer_id.', { alias: 'customer_id', rule: 'instead of customer_id' })),
  status: Type.Optional(Type.Array(status, { maxItems: 50, description: 'Repeat it, or separate values by commas.' })),
  payment_status: Type.Optional(anyOfWords<PaymentStatus>(ORDER_PAYMENT_STATUSES)),
  refund_status: Type.Optional(anyOfWords<OrderRefundStatus>(ORDER_REFUND_STATUSES)),
  needs: Type.Optional(
    Type.Unsafe<OrderNeed>({
      type: 'string',
      enum: [...ORDER_NEEDS],
      description:
        'Orders that wait for staff: `resolution`, with a refund that failed or a shipment that is lost or came back; `payout`, with a refund that staff must pay out.',
    }),
  ),
  held: Type.Optional(
    Type.Unsafe<'true' | 'false'>({
      type: 'string',
      enum: ['true', 'false'],
      description: 'For staff: orders that are held, or that are not.',
    }),
  ),
  created_from: Type.Optional(queryInstant({ description: 'Placed at or after.' })),
  created_to: Type.Optional(queryInstant({ description: 'Placed at or before.' })),
  delivery_partner_id: Type.Optional(id('Orders assigned to this delivery partner; `me` means yourself.')),
  min_total: Type.Optional(total('Minimum total, in major units.')),
  max_total: Type.Optional(total('Maximum total, in major units.')),
};

const sort = Type.Optional(
  Type.Unsafe<(typeof SORTS)[number]>({ type: 'string', enum: [...SORTS], description: 'Default -created_at.' }),
);

const fields = Type.Optional(
  Type.Array(Type.Unsafe<string>({ type: 'string', enum: [...ORDER_FIELDS] }), {
    maxItems: 100,
    description:
      'Fields that the answer has of each order, and no others, even where its schema requires them. Default: all. `summary` means all but the descriptions of products. Repeat it, or separate values by commas.',
  }),
);

/** The filters of a list. */
export const orderFilterQuery = strictObject(filters);

export const EXPORT_FORMATS = ['csv', 'json', 'ndjson'] as const;

const CSV_ONLY = 'for format=csv only';

export const exportOrdersQuery = strictObject({
  ...filters,
  sort,
  format: Type.Optional(
    Type.Unsafe<(typeof EXPORT_FORMATS)[number]>({
      type: 'string',
      enum: [...EXPORT_FORMATS],
      description: 'Default csv; ndjson has one order per line.',
    }),
  ),
  bom: Type.Optional(
    Type.Unsafe<'true' | 'false'>({
      type: 'string',
      enum: ['true', 'false'],
      description: 'Whether a CSV begins with a byte order mark, so that spreadsheets recognise UTF-8. Default false.',
    }),
  ),
  view: Type.Optional(
    Type.Unsafe<ExportView>({
      type: 'string',
      enum: [...EXPORT_VIEWS],
      description: 'Whether a CSV has one line per order (default) or one per item.',
      rule: CSV_ONLY,
    }),
  ),
  columns: Type.Optional(
    Type.Array(Type.Unsafe<ExportColumn>({ type: 'string', enum: [...EXPORT_COLUMNS] }), {
      maxItems: 50,
      description:
        'Columns of a CSV, in this sequence. Repeat it, or separate values by commas. Columns of items need view=lines. `carrier` and `tracking_number` have those of all parcels, separated by "; ".',
      rule: `${CSV_ONLY}; those of items with view=lines only`,
    }),
  ),
  ids: Type.Optional(
    Type.Unsafe<'plain' | 'text'>({
      type: 'string',
      enum: ['plain', 'text'],
      description:
        'How a CSV writes a text that looks like a number, such as 00123. `plain` (default): as it is. `text`: ="00123", which spreadsheets keep as text.',
      rule: CSV_ONLY,
    }),
  ),
});

export const searchOrdersQuery = strictObject({
  q: text({
    min: 1,
    max: 200,
    description:
      'Number, name, e-mail address, street, telephone number, product, SKU or tracking number, or parts of them.',
    example: 'mug',
  }),
  limit: paging.limit,
  offset: paging.offset,
  skip: paging.skip,
  page: paging.page,
  cursor: paging.cursor,
  fields,
});

const AS_OF_RULE =
  'must be a date in the years 1970 to 9999 whose business day is closed, sent without payment_status, refund_status, needs, held, delivery_partner_id, min_total and max_total, with a sort by created_at and a limit of at most 100';

export const listOrdersQuery = strictObject({
  ...filters,
  sort,
  ...paging,
  fields,
  as_of: Type.Optional(
    businessDay(
      'Shows the orders as they were at the close of this business day, which must be closed: status and customer_id filter by then. Beside them only created_from, created_to and a sort by created_at can be sent.',
      { rule: AS_OF_RULE },
    ),
  ),
});

export const orderParams = strictObject({
  id: Type.String({ description: 'UUID or order number.', example: 'ORD-2026-000001' }),
});

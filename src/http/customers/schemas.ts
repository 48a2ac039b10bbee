import { Type } from '@sinclair/typebox';
import { listOrdersQuery } from '../orders/request-schemas.ts';
import { currency, nullable, strictObject } from '../server/schemas/fields.ts';
import { paging } from '../server/schemas/paging.ts';

export const customerParams = strictObject({
  customer_id: Type.String({ minLength: 1, maxLength: 255, description: 'Id of the customer.' }),
});
const { status, created_from, created_to, sort } = listOrdersQuery.properties;

export const customerQuery = strictObject({ status, created_from, created_to, sort, ...paging });

export const totalsQuery = strictObject({ currency: Type.Optional(currency()) });

export const totalsResponse = Type.Object(
  {
    order_count: Type.Integer({ description: 'All orders.' }),
    total_value: Type.Number({
      description: 'Sum over orders in `currency`: totals less credits; cancelled orders count as 0.',
    }),
    currency: Type.String(),
    last_order_at: nullable(Type.String({ format: 'date-time' })),
  },
  { component: 'CustomerTotals', additionalProperties: false },
);

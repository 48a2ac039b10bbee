import { placeOrderExample } from '../orders/examples.ts';

export const deliveryExample = { shipping_address: placeOrderExample.shipping_address, notes: 'Ring twice' };

const item = { product_id: 'mug-blue', quantity: 2, product_name: 'Blue mug', unit_price: 12.99 };

export const createTemplateExample = { name: 'Every Monday', items: [item] };

export const templateExample = {
  id: '0195513c-6c00-7000-8000-00000000000a',
  name: 'Every Monday',
  currency: 'EUR',
  items: [item],
  created_at: '2026-03-01T12:00:00.000Z',
};

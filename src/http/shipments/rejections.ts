import { needsResolution, SHIPMENT_RESOLUTIONS } from '../../domain/order/index.ts';
import type { Code, Entries } from '../server/rejection-entry.ts';

const said = (word: string): string => word.replaceAll('_', ' ');

/** Rejections of shipments. */
export const shipmentRejections: Entries<Extract<Code, `shipment.${string}`>> = {
  'shipment.not_found': {
    status: 404,
    title: 'Not found',
    sentence: () => 'This order has no such shipment. The order lists its shipments.',
  },
  'shipment.nothing_left': {
    status: 409,
    title: 'Everything was shipped',
    sentence: ({ current_status }) => `Nothing is left to ship. The order is ${said(current_status)}.`,
  },
  'shipment.more_than_left': {
    status: 409,
    title: 'More than is left',
    sentence: () =>
      'Some of these units have been shipped or cancelled already. left says how many are left of each item.',
  },
  'shipment.unknown_item': {
    status: 422,
    title: 'Unknown item',
    sentence: () => 'The order has no such item.',
    field: ({ order_item_id }) => ({
      field: 'items',
      message: 'must name items of this order',
      received: order_item_id,
    }),
  },
  'shipment.duplicate_item': {
    status: 422,
    title: 'Item named twice',
    sentence: () => 'Each item can be named once. Add up its units.',
    field: ({ order_item_id }) => ({ field: 'items', message: 'must name each item once', received: order_item_id }),
  },
  'shipment.invalid_quantity': {
    status: 422,
    title: 'Invalid quantity',
    sentence: () => 'A quantity must be a whole number of 1 or more.',
    field: () => ({ field: 'items', message: 'must have quantities of 1 or more' }),
  },
  'shipment.resolution_not_possible': {
    status: 422,
    title: 'No resolution for this action',
    sentence: ({ action }) =>
      `A shipment is resolved when it is lost or returned to the sender, not with ${action}. Leave resolution out.`,
    field: ({ action }) => ({ field: 'resolution', message: `must be left out with ${action}` }),
  },
  'shipment.restock_not_possible': {
    status: 422,
    title: 'Nothing to restock with this action',
    sentence: () =>
      'Only units of a shipment that was returned to the sender are in stock again, and that is said with its resolution. Leave restocked out.',
    field: () => ({
      field: 'restocked',
      message: 'must be left out, or sent with returned_to_sender and a resolution',
    }),
  },
  'shipment.more_than_shipped': {
    status: 422,
    title: 'More than was shipped',
    sentence: ({ order_item_id, shipped }) => `The shipment has only ${shipped} of ${order_item_id}.`,
    field: ({ order_item_id }) => ({
      field: 'restocked',
      message: 'must not have more units than the shipment',
      received: order_item_id,
    }),
  },
  'shipment.invalid_transition': {
    status: 409,
    title: 'Not possible in this status',
    sentence: ({ shipment_status, resolution, allowed_actions }) => {
      const found = `The shipment is ${said(shipment_status)}`;
      if (resolution !== null) return `${found} and resolved by ${resolution}. No action is possible now.`;
      if (needsResolution({ status: shipment_status, resolution }))
        return `${found} and waits for a resolution. Send ${allowed_actions.join(', ')} again with resolution: ${SHIPMENT_RESOLUTIONS.join(' or ')}.`;
      return allowed_actions.length === 0
        ? `${found}. No action is possible now.`
        : `${found}. Possible now: ${allowed_actions.join(', ')}.`;
    },
  },
};

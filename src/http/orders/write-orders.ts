import { isRefundInitiated, type Order } from '../../domain/order/index.ts';
import type { OrderDeps } from './order-deps.ts';
import { outcomeReply, replayOrder } from './order-replies.ts';
import { demandFullAddresses } from './full-address.ts';
import { rejectShopFields, toLines } from './place-order-input.ts';
import { rejectionProblem } from '../server/rejections/refusal.ts';
import { route, type Route } from '../server/route.ts';
import {
  assignDeliveryBody,
  cancelOrderBody,
  changeOrderBody,
  orderStateBody,
  orderStatusBody,
  replaceItemsBody,
} from './request-schema.ts';
import { cancelledOrderResponse, orderResponse } from './response-schema.ts';
import { cancelledOrderExample, confirmedOrderExample, placeOrderExample } from './examples.ts';
import { currencyOfOrder, loadOrder, orderParams, TAG, target, withoutNull } from './order-shared.ts';

const changed = {
  200: { description: 'The order as it now is.', body: orderResponse, example: confirmedOrderExample },
};

/** Whether money is on its way back, or will be as soon as it arrives. */
const refundInitiated = (order: Order) => ({ refund_initiated: isRefundInitiated(order) });

export const writeOrderRoutes = (deps: OrderDeps): readonly Route[] => {
  const { commands } = deps;
  const replay = replayOrder(deps);
  const onOrder = { tag: TAG, params: orderParams, load: loadOrder(deps), conditional: true } as const;
  return [
    route(
      {
        ...onOrder,
        methods: ['PATCH', 'PUT'],
        path: '/orders/:id',
        operationId: 'changeOrder',
        summary: 'Change notes, meta data or the shipping address',
        description: 'The address until it is shipped. What is left out stays as it is.',
        permission: { customer: 'own', admin: 'any' },
        body: changeOrderBody,
        example: { notes: 'Ring twice' },
        answers: changed,
      },
      async (input) => {
        if (deps.requireFullAddress) demandFullAddresses(input.body);
        return outcomeReply(deps, await commands.changeDetails(target(input), input.body), input);
      },
      replay,
    ),
    route(
      {
        ...onOrder,
        methods: ['POST', 'PATCH'],
        path: '/orders/:id/state',
        operationId: 'changeOrderState',
        summary: 'Take an action',
        description: 'The target status is accepted for the action that leads there.',
        permission: { admin: 'any' },
        body: orderStateBody,
        example: { action: 'confirm' },
        answers: changed,
      },
      async (input) => outcomeReply(deps, await commands.takeAction(target(input), input.body), input),
      replay,
    ),
    route(
      {
        ...onOrder,
        methods: ['PUT', 'PATCH'],
        path: '/orders/:id/status',
        operationId: 'changeOrderStatus',
        summary: 'Move to a status',
        permission: { admin: 'any', delivery_partner: 'assigned' },
        body: orderStatusBody,
        example: { status: 'confirmed' },
        answers: changed,
      },
      async (input) => {
        const { status, notes } = input.body;
        return outcomeReply(deps, await commands.takeAction(target(input), { action: status, notes }), input);
      },
      replay,
    ),
    route(
      {
        ...onOrder,
        methods: ['POST'],
        path: '/orders/:id/cancel',
        operationId: 'cancelOrder',
        summary: 'Cancel',
        permission: { customer: 'own', admin: 'any' },
        body: cancelOrderBody,
        bodyOptional: true,
        example: { reason: 'Ordered by mistake', reason_category: 'changed_mind' },
        answers: {
          200: {
            description: 'The cancelled order.',
            body: cancelledOrderResponse,
            example: { ...cancelledOrderExample, refund_initiated: false },
          },
        },
      },
      async (input) => {
        const outcome = await commands.takeAction(target(input), { action: 'cancel', ...withoutNull(input.body) });
        return outcomeReply(deps, outcome, { caller: input.caller, more: refundInitiated });
      },
      replayOrder(deps, refundInitiated),
    ),
    route(
      {
        ...onOrder,
        methods: ['DELETE'],
        path: '/orders/:id',
        operationId: 'deleteOrder',
        summary: 'Cancel (nothing is deleted)',
        permission: { customer: 'own', admin: 'any' },
        answers: { 200: { description: 'The cancelled order.', body: orderResponse, example: cancelledOrderExample } },
      },
      async (input) => outcomeReply(deps, await commands.takeAction(target(input), { action: 'cancel' }), input),
      replay,
    ),
    route(
      {
        ...onOrder,
        methods: ['PUT'],
        path: '/orders/:id/items',
        operationId: 'replaceOrderItems',
        summary: 'Replace the items',
        description: 'Until it is processed. Totals are computed anew at the tax rate it was placed with.',
        permission: { customer: 'own', admin: 'any' },
        body: replaceItemsBody,
        currencyOf: currencyOfOrder,
        example: { items: placeOrderExample.items },
        answers: changed,
      },
      async (input) => {
        rejectShopFields(input.body.items, input.caller);
        const { context, trace, subject } = input;
        const lines = toLines(input.body.items);
        const how = { actor: context.actor, currency: subject.order.currency, trace };
        const checked = await deps.cataloguePrices(lines, how);
        if ('rejected' in checked) throw rejectionProblem(checked);
        return outcomeReply(deps, await commands.replaceItems(target(input), lines), input);
      },
      replay,
    ),
    route(
      {
        ...onOrder,
        methods: ['PUT'],
        path: '/orders/:id/assign-delivery',
        operationId: 'assignDelivery',
        summary: 'Assign a delivery partner',
        permission: { admin: 'any' },
        body: assignDeliveryBody,
        example: { delivery_partner_id: 'courier-7' },
        answers: changed,
      },
      async (input) => outcomeReply(deps, await commands.assignDeliveryPartner(target(input), input.body), input),
      replay,
    ),
  ];
};

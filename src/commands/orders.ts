import { randomUUID } from 'node:crypto';
import { v5 as uuidv5, v7 as uuidv7 } from 'uuid';
import type { Instant } from '../domain/shared/decider.ts';
import type { Currency, Minor } from '../domain/shared/money.ts';
import type { TaxRate } from '../domain/shared/tax-rate.ts';
import type {
  AddNote,
  AssignDeliveryPartner,
  CancelItems,
  ChangeDetails,
  ChangeShipment,
  GiveFeedback,
  HoldOrder,
  LineMetaData,
  MetaData,
  MoveShipment,
  OrderCommand,
  OrderDecider,
  OrderIds,
  OrderPersonal,
  OrderRejection,
  OrderState,
  ReleaseHold,
  RequestedLine,
  ShipItems,
  TakeOrderAction,
} from '../domain/order/index.ts';
import type { NumberKind } from '../domain/shared/numbers.ts';
import type { EventContext } from '../event-store/codec.ts';
import type { Revision } from '../event-store/port.ts';
import { orderStream } from '../event-store/stream-names.ts';
import type { HandleOrder } from './handle-order.ts';
import type { Handle, Outcome } from './handle.ts';
import { NO_PAST, type Past } from './past.ts';
import { saidBy } from './process-context.ts';

export type OrderOutcome = Outcome<OrderState, OrderRejection> & { readonly id: string };

/** Draws the human number of something new; the same id gets the same number again. */
export type DrawNumber = (kind: NumberKind, at: Instant, id: string) => Promise<string>;

/** A line as it comes in: its id is made here. */
export type NewLine = Omit<RequestedLine, 'id'> & { readonly meta_data?: MetaData | undefined };

export type PlaceOrderInput = {
  /** Decided before, because something was reserved under it. Default: `newOrderId` of the caller. */
  readonly id?: string;
  readonly customer_id: string;
  readonly currency: Currency;
  /** Language the customer is written to in (BCP 47). Default: the shop's. */
  readonly locale?: string | undefined;
  readonly payment_method: string | null;
  readonly scheduled_for: Instant | null;
  /** Default: the shop's shipping cost in this currency. */
  readonly delivery_fee?: Minor | undefined;
  readonly lines: readonly NewLine[];
  /** The lines are a cart's, which is to be emptied. */
  readonly from_cart?: true;
  /** The catalogue is to give the units of the products that it knows. */
  readonly takes_stock?: true;
  /** Staff agreed on other prices than the catalogue's. */
  readonly overrides_catalogue?: true;
  readonly personal: Omit<OrderPersonal, 'line_meta_data'>;
};

/**
 * Who asks, and under which command id. `repeatable`: an idempotency key (or an event) decided the command id, so it
 * also decides the id of what is created; else ids are new.
 */
export type Caller = { readonly context: EventContext; readonly repeatable: boolean };

export type OnOrder = Caller & {
  readonly id: string;
  /** The caller's If-Match. */
  readonly expected?: Revision | undefined;
  /** The order, as the caller has just read it. */
  readonly known?: Past<OrderState>;
};

type ChangeOrderItems = (
  target: OnOrder,
  items: Pick<PlaceOrderInput, 'lines' | 'overrides_catalogue'>,
) => Promise<OrderOutcome>;

export type OrderCommands = {
  readonly place: (input: PlaceOrderInput, caller: Caller) => Promise<OrderOutcome>;
  readonly takeAction: (target: OnOrder, data: TakeOrderAction['data']) => Promise<OrderOutcome>;
  readonly replaceItems: ChangeOrderItems;
  readonly addItems: ChangeOrderItems;
  readonly changeDetails: (target: OnOrder, data: ChangeDetails['data']) => Promise<OrderOutcome>;
  readonly assignDeliveryPartner: (target: OnOrder, data: AssignDeliveryPartner['data']) => Promise<OrderOutcome>;
  readonly shipItems: (target: OnOrder, data: ShipItems['data']) => Promise<OrderOutcome>;
  readonly changeShipment: (target: OnOrder, data: ChangeShipment['data']) => Promise<OrderOutcome>;
  readonly moveShipment: (target: OnOrder, data: MoveShipment['data']) => Promise<OrderOutcome>;
  readonly addNote: (target: OnOrder, data: AddNote['data']) => Promise<OrderOutcome>;
  readonly cancelItems: (target: OnOrder, data: CancelItems['data']) => Promise<OrderOutcome>;
  readonly hold: (target: OnOrder, data: HoldOrder['data']) => Promise<OrderOutcome>;
  readonly releaseHold: (target: OnOrder, data: ReleaseHold['data']) => Promise<OrderOutcome>;
  readonly giveFeedback: (target: OnOrder, data: GiveFeedback['data']) => Promise<OrderOutcome>;
};

const ORDER_IDS = 'b0a3b6c2-50fb-5d0f-8f6e-2f0a9f1f7a10';

/** The order that a repeatable command places. */
export const orderIdOf = (command_id: string): string => uuidv5(command_id, ORDER_IDS);

/** The id under which a caller's order is placed. */
export const newOrderId = ({ context, repeatable }: Caller): string =>
  repeatable ? orderIdOf(context.command_id) : uuidv7();

/** Gives new lines their ids. */
export const numberLines = (lines: readonly NewLine[]) => {
  const numbered = lines.map((line) => ({ id: randomUUID(), ...line }));
  const line_meta_data: LineMetaData = Object.fromEntries(
    numbered.flatMap(({ id, meta_data }) => (meta_data === undefined ? [] : [[id, meta_data]])),
  );
  return { lines: numbered.map(({ meta_data: _, ...line }): RequestedLine => line), line_meta_data };
};

export const createOrderCommands = ({
  handle,
  handleOrder,
  decider,
  drawNumber,
  taxRate,
  shippingFee,
}: {
  readonly handle: Handle;
  readonly handleOrder: HandleOrder;
  readonly decider: OrderDecider;
  readonly drawNumber: DrawNumber;
  readonly taxRate: TaxRate;
  readonly shippingFee: (currency: Currency) => Minor;
}): OrderCommands => {
  const onOrder = async ({ id, context, expected, known }: OnOrder, command: OrderCommand): Promise<OrderOutcome> => ({
    ...(await handleOrder({ stream: orderStream(id), command, context, expected, known })),
    id,
  });

  const changeItems =
    (type: 'ModifyItems' | 'AddItems'): ChangeOrderItems =>
    (target, { lines, overrides_catalogue }) =>
      onOrder(target, {
        type,
        data: { ...numberLines(lines), ...(overrides_catalogue && { overrides_catalogue }) },
        ...saidBy(target.context),
      });

  return {
    place: async (input, caller) => {
      const { context, repeatable } = caller;
      const id = input.id ?? newOrderId(caller);
      const { lines, line_meta_data } = numberLines(input.lines);
      const command: OrderCommand = {
        type: 'PlaceOrder',
        data: {
          order_number: await drawNumber('order', context.at, id),
          customer_id: input.customer_id,
          currency: input.currency,
          ...(input.locale !== undefined && { locale: input.locale }),
          tax_rate: taxRate,
          shipping_cost: input.delivery_fee ?? shippingFee(input.currency),
          payment_method: input.payment_method,
          scheduled_for: input.scheduled_for,
          lines,
          ...(input.from_cart && { from_cart: true }),
          ...(input.takes_stock && { takes_stock: true }),
          ...(input.overrides_catalogue && { overrides_catalogue: true }),
          personal: { ...input.personal, line_meta_data },
        },
        ...saidBy(caller.context),
      };
      const stream = orderStream(id);
      return { ...(await handle(decider, { stream, command, context, known: repeatable ? undefined : NO_PAST })), id };
    },
    takeAction: (target, data) => onOrder(target, { type: 'TakeOrderAction', data, ...saidBy(target.context) }),
    replaceItems: changeItems('ModifyItems'),
    addItems: changeItems('AddItems'),
    changeDetails: (target, data) => onOrder(target, { type: 'ChangeDetails', data, ...saidBy(target.context) }),
    assignDeliveryPartner: (target, data) =>
      onOrder(target, { type: 'AssignDeliveryPartner', data, ...saidBy(target.context) }),
    shipItems: (target, data) => onOrder(target, { type: 'ShipItems', data, ...saidBy(target.context) }),
    changeShipment: (target, data) => onOrder(target, { type: 'ChangeShipment', data, ...saidBy(target.context) }),
    moveShipment: (target, data) => onOrder(target, { type: 'MoveShipment', data, ...saidBy(target.context) }),
    addNote: (target, data) => onOrder(target, { type: 'AddNote', data, ...saidBy(target.context) }),
    cancelItems: (target, data) => onOrder(target, { type: 'CancelItems', data, ...saidBy(target.context) }),
    hold: (target, data) => onOrder(target, { type: 'HoldOrder', data, ...saidBy(target.context) }),
    releaseHold: (target, data) => onOrder(target, { type: 'ReleaseHold', data, ...saidBy(target.context) }),
    giveFeedback: (target, data) => onOrder(target, { type: 'GiveFeedback', data, ...saidBy(target.context) }),
  };
};

const REFUND_IDS = '5a0f4f8e-0d1d-5c52-9d53-6f1c8a0be0b4';
const CREDIT_IDS = '0b9c6a52-6f0e-5d1c-9c4b-8f2f5b8a4e17';
const SHIPMENT_IDS = '3f0d6f0e-5a1c-5b7e-8d27-64c1b9e0a7d5';
const RETURN_ITEM_IDS = 'c9a4d1f7-3b5e-5e0e-8f2a-1d7f60c2a9b3';

/** UUIDs for what an order's decisions create: the same decision on the same facts gives the same ids. */
export const orderIds: OrderIds = {
  refundId: (payment_id, n) => uuidv5(`${payment_id}/${n}`, REFUND_IDS),
  shipmentId: (order_number, n) => uuidv5(`${order_number}/${n}`, SHIPMENT_IDS),
  creditId: (order_number, n) => uuidv5(`${order_number}/${n}`, CREDIT_IDS),
  returnItemId: (return_id, order_item_id) => uuidv5(`${return_id}/${order_item_id}`, RETURN_ITEM_IDS),
};

import type { Command } from '../../shared/command.ts';
import type { Instant } from '../../shared/decider.ts';
import type { Currency, Minor } from '../../shared/money.ts';
import type { AddNote } from '../../shared/notes.ts';
import type { GivenRemarks } from '../../shared/remarks.ts';
import type { TaxRate } from '../../shared/tax-rate.ts';
import type { HoldReason, ReasonCategory } from './reasons.ts';
import type { OrderMoneyCommand } from './money-commands.ts';
import type { OrderReturnCommand } from './return-commands.ts';
import type { OrderDeliveryCommand } from './delivery-commands.ts';
import type { ExchangeOf, ExternalOrder, LineMetaData, OrderLine, OrderPersonal } from './events.ts';

/** A line as requested. Its tax is decided when the order is placed, unless the request has its own. */
export type RequestedLine = Omit<OrderLine, 'discount' | 'tax' | 'own_tax' | 'removed'> & {
  /** Absolute, for the whole line. Default 0. */
  readonly discount?: Minor | undefined;
  /** Absolute, for the whole line. Default: its share of the order's tax. */
  readonly tax?: Minor | undefined;
};

export type PlaceOrder = Command<
  'PlaceOrder',
  {
    readonly order_number: string;
    readonly customer_id: string;
    readonly currency: Currency;
    readonly locale?: string;
    readonly tax_rate: TaxRate;
    readonly shipping_cost: Minor;
    readonly payment_method: string | null;
    readonly scheduled_for: Instant | null;
    readonly lines: readonly RequestedLine[];
    readonly from_cart?: true;
    readonly takes_stock?: true;
    readonly overrides_catalogue?: true;
    readonly exchange_of?: ExchangeOf;
    readonly external?: ExternalOrder;
    /** A billing address of `null` becomes the shipping address. */
    readonly personal: OrderPersonal;
  }
>;

/** A verb of the transition table, or the status that it leads to, in any accepted spelling. */
export type TakeOrderAction = Command<
  'TakeOrderAction',
  GivenRemarks & {
    readonly action: string;
    /** For `ship` only. */
    readonly carrier?: string | undefined;
    readonly tracking_number?: string | undefined;
    readonly tracking_url?: string | undefined;
    /** For `start_processing`: an admin confirms that nothing will be paid for the order. */
    readonly force?: boolean | undefined;
    /** For `cancel` only. */
    readonly reason_category?: string | undefined;
  }
>;

export type ModifyItems = Command<
  'ModifyItems',
  {
    readonly lines: readonly RequestedLine[];
    readonly line_meta_data: LineMetaData;
    readonly overrides_catalogue?: true;
  }
>;

/** Further lines, besides those that the order has. */
export type AddItems = Command<'AddItems', ModifyItems['data']>;

/** Fields that are left out keep their values. Notes of staff are added as a note; the customer's notes stay. */
export type ChangeDetails = Command<
  'ChangeDetails',
  {
    readonly notes?: OrderPersonal['notes'];
    /** For a note of staff. Default false. */
    readonly visible_to_customer?: boolean | undefined;
    readonly meta_data?: OrderPersonal['meta_data'];
    readonly shipping_address?: OrderPersonal['shipping_address'];
    readonly customer_email?: OrderPersonal['customer_email'];
    readonly customer_name?: OrderPersonal['customer_name'];
    /** `null`: the shipping address. */
    readonly billing_address?: OrderPersonal['billing_address'];
  }
>;

export type AssignDeliveryPartner = Command<'AssignDeliveryPartner', { readonly delivery_partner_id: string }>;

/** Sent by the scheduling process: does nothing before its time, or if the order is already released. */
export type ReleaseOrder = Command<'ReleaseOrder'>;

/** Sent by the scheduling process: moves a waiting order to `processing`. Does nothing if that is not due. */
export type AutoProcessOrder = Command<'AutoProcessOrder'>;

/** Fewer units are sent than were ordered. */
export type CancelItems = Command<
  'CancelItems',
  {
    readonly items: readonly { readonly order_item_id: string; readonly quantity: number }[];
    readonly reason_category: ReasonCategory;
    readonly note?: string | undefined;
  }
>;

/** Stops an order before its goods leave. */
export type HoldOrder = Command<
  'HoldOrder',
  { readonly reason_category: HoldReason; readonly note?: string | undefined }
>;

/** Ends the hold. */
export type ReleaseHold = Command<'ReleaseHold', { readonly note?: string | undefined }>;

export type GiveFeedback = Command<'GiveFeedback', { readonly rating: number; readonly comment?: string | undefined }>;

export type OrderCommand =
  | PlaceOrder
  | TakeOrderAction
  | ModifyItems
  | AddItems
  | ChangeDetails
  | AssignDeliveryPartner
  | ReleaseOrder
  | AutoProcessOrder
  | CancelItems
  | HoldOrder
  | ReleaseHold
  | GiveFeedback
  | OrderDeliveryCommand
  | AddNote
  | OrderMoneyCommand
  | OrderReturnCommand;

export type * from './delivery-commands.ts';
export * from './money-commands.ts';
export type { AddNote } from '../../shared/notes.ts';
export type * from './return-commands.ts';

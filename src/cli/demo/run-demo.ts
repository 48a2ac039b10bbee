import { apiClient } from './api-client.ts';
import { saveDocument } from './documents.ts';
import { exchangeAtTheDesk } from './exchange.ts';
import { followOrder } from './follow.ts';
import { buyGroceries, COURIER, NEIGHBOUR, type Grocery } from './grocery.ts';
import { giveGoodwill, openReturn, payInTwoParts, walkReturn } from './pay-and-return.ts';
import { deliver, ELENI, placeOrders, showHistory } from './place-and-deliver.ts';
import { reconcile } from './reconcile.ts';
import { shipInParts } from './ship-in-parts.ts';
import { tell, type OrderView, type Stage } from './stage.ts';

export type DemoOptions = {
  readonly baseUrl: string;
  /** Makes a token for the running service. */
  readonly token: (claims: { role: string; sub: string; email?: string; name?: string }) => Promise<string>;
  /** The merchant's other services that this Waybill uses. */
  readonly grocery: Grocery;
  readonly outputFolder: string;
  readonly print: (line: string) => void;
};

const openStage = async ({ baseUrl, token, outputFolder, print }: DemoOptions): Promise<Stage> => {
  const tokenOf = ({ id, email, name }: typeof ELENI) => token({ role: 'customer', sub: id, email, name });
  const neighbour = await tokenOf(NEIGHBOUR);
  return {
    staff: apiClient(baseUrl, await token({ role: 'admin', sub: 'shop-desk' })),
    customer: apiClient(baseUrl, await tokenOf(ELENI)),
    neighbour: apiClient(baseUrl, neighbour),
    courier: apiClient(baseUrl, await token({ role: 'delivery_partner', sub: COURIER })),
    follow: (path, onEvent) => followOrder(`${baseUrl}/api/v1${path}`, neighbour, onEvent),
    outputFolder,
    print,
  };
};

/**
 * The customer returns one unit after a change of mind, for a fee and as store credit, then the rest because it was the wrong
 * item: that is worth what is not given up yet.
 */
const returnEverything = async (stage: Stage, order: OrderView): Promise<void> => {
  const [oil] = order.items;
  if (oil === undefined) throw new Error(`${order.order_number} has no items`);
  const first = await openReturn(stage, order, {
    items: [{ order_item_id: oil.id, quantity: 1 }],
    reason: 'change_of_mind',
    reason_description: 'One bottle too many',
  });
  await walkReturn(stage, first, { fee: 2.5, method: 'store_credit' });
  await saveDocument(stage, `/invoices/return/${first.id}`);

  const rest = await openReturn(stage, order, { reason: 'wrong_item', reason_description: 'Not what was ordered' });
  await walkReturn(stage, rest, { fee: 0, method: 'original_payment' });
  await saveDocument(stage, `/invoices/return/${rest.id}`);
};

/**
 * Two orders from placement to delivery: of one a kettle is exchanged at the desk, the other is returned. A third one leaves
 * in two parcels, of which one is lost. Then groceries from the cart to the door. It uses HTTP only, as a merchant's
 * application would.
 */
export const runDemo = async (options: DemoOptions): Promise<void> => {
  const stage = await openStage(options);
  const { meeras, elenis } = await placeOrders(stage);
  await payInTwoParts(stage, elenis);
  for (const order of [meeras, elenis]) await deliver(stage, order);
  for (const order of [meeras, elenis]) await saveDocument(stage, `/invoices/order/${order.id}`);
  await exchangeAtTheDesk(stage, meeras);
  await giveGoodwill(stage, elenis, 10);
  await returnEverything(stage, elenis);
  const { status } = await stage.staff.get<OrderView>(`/orders/${elenis.id}`);
  tell(stage, status, elenis.order_number);
  const jonas = await shipInParts(stage);
  for (const order of [meeras, elenis, jonas]) await showHistory(stage, order);
  for (const order of [elenis, jonas]) await reconcile(stage, order);
  await showHistory(stage, await buyGroceries(stage, options.grocery));
};

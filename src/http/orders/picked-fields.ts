import type { OrderBody } from './body.ts';
import { orderItemProperties, orderProperties } from './response-schemas.ts';

const SUMMARY = 'summary';
const DESCRIPTION = 'product_description';
const ITEMS = 'items';
const OF_ITEMS = `${ITEMS}.`;

const itemFields = Object.keys(orderItemProperties);

/** The words of `fields=`. */
export const ORDER_FIELDS: readonly string[] = [
  SUMMARY,
  ...Object.keys(orderProperties),
  ...itemFields.map((name) => OF_ITEMS + name),
];

/** What a list says of each order. */
export type PickedFields = {
  readonly has: (name: keyof OrderBody) => boolean;
  readonly pick: (body: OrderBody) => object;
};

const picked = <T extends object>(thing: T, names: ReadonlySet<string>): Partial<T> =>
  // The entries are those of `thing`.
  Object.fromEntries(Object.entries(thing).filter(([name]) => names.has(name))) as Partial<T>;

/** Whole orders, unless the client picks fields. */
export const pickedFields = (asked: readonly string[] | undefined): PickedFields => {
  if (asked === undefined) return { has: () => true, pick: (body) => body };
  const isSummary = asked.includes(SUMMARY);
  const names = new Set(isSummary ? [...Object.keys(orderProperties), ...asked] : asked);
  const ofItems = new Set(
    itemFields.filter((name) => names.has(OF_ITEMS + name) || (isSummary && name !== DESCRIPTION)),
  );
  if (ofItems.size > 0) names.add(ITEMS);
  const isWhole = asked.includes(ITEMS) || ofItems.size === 0;
  return {
    has: (name) => names.has(name),
    pick: ({ items, ...rest }) =>
      picked({ ...rest, items: isWhole ? items : items.map((item) => picked(item, ofItems)) }, names),
  };
};

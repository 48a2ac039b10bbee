export { checkPrices, type PricedLine } from './check-prices.ts';
export { linesToSell, type SoldLine } from './lines-to-sell.ts';
export type * from './product.ts';
export type * from './rejections.ts';

export { comparedLines, hasCataloguePrices, linesOfCatalogue, type PricedLine } from './check-prices.ts';
export { linesToSell, unsold, type SoldLine } from './lines-to-sell.ts';
export { withKept } from './product.ts';
export type * from './product.ts';
export type * from './rejections.ts';

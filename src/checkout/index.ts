export { createHttpCarts, createLocalCarts, readLocalCart } from './carts.ts';
export { type CataloguePrices, createCataloguePrices, createTrustedPrices } from './catalogue-prices.ts';
export {
  type CatalogueFile,
  CatalogueFileError,
  loadCatalogue,
  readCatalogueFile,
} from './catalogue/catalogue-file.ts';
export { createHttpCatalogue } from './catalogue/http.ts';
export { createLocalCatalogue, listLocalProducts } from './catalogue/local.ts';
export { type ChangeItems, createChangeItems } from './change-items.ts';
export { openCheckoutClaims } from './checkout-claims.ts';
export { type Checkout, createCheckout } from './checkout.ts';
export { type ExchangeReturn, createExchangeReturn } from './exchange-return.ts';
export { type OrderTemplates, type StoredTemplate, openOrderTemplates } from './order-templates.ts';
export {
  type OrderRequest,
  type PlaceOrder,
  type PlaceOrderOutcome,
  type SellInput,
  createPlaceOrder,
} from './place-order.ts';
export type { Carts, Catalogue, CheckoutClaims, Stock, Users } from './ports.ts';
export { type StockMove, type StockMoves, openStockMoves } from './stock-moves.ts';
export { createHttpUsers, optionalUsers } from './users.ts';

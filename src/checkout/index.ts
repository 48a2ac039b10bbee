export { createHttpCarts } from './carts/http.ts';
export { createLocalCarts } from './carts/local.ts';
export { type CataloguePrices, createCataloguePrices, trustPrices } from './catalogue-prices.ts';
export {
  type CatalogueFile,
  CatalogueFileError,
  loadCatalogue,
  readCatalogueFile,
} from './catalogue/catalogue-file.ts';
export { createHttpCatalogue } from './catalogue/http.ts';
export { createLocalCatalogue, listLocalProducts } from './catalogue/local.ts';
export { openCheckoutClaims } from './checkout-claims.ts';
export { type Checkout, createCheckout } from './checkout.ts';
export type { CheckoutClaims } from './claims-port.ts';
export { type OrderTemplates, type StoredTemplate, openOrderTemplates } from './order-templates.ts';
export {
  type OrderRequest,
  type PlaceOrder,
  type PlaceOrderOutcome,
  type SellInput,
  createPlaceOrder,
} from './place-order.ts';
export type { Carts, Catalogue, Stock, Users } from './ports.ts';
export { type StockMove, type StockMoves, openStockMoves } from './stock-moves.ts';
export { createHttpUsers } from './users/http.ts';
export { optionalUsers } from './users/optional-users.ts';

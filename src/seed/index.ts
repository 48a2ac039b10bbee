/** Fills a shop with a believable history, for trying things out and for measurements. */
export { planShop, seedOrders, type SeedOptions, type Seeded } from './seed-orders.ts';

export { orderSearch } from './projection.ts';
export { decodeOffset, searchOrders, type SearchOrders } from './queries.ts';
export { tidySearchWords } from './search-words.ts';

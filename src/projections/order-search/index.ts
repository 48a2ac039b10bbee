export { orderSearch } from './projection.ts';
export { decodeOffset, searchOrders, type SearchOrders } from './queries.ts';
export { forgetTexts } from './tokenize.ts';
export { tidySearchWords } from './search-words.ts';
export { replaceLostSearchKey } from './replace-lost-key.ts';

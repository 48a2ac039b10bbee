export { findStoreCreditIds, storeCreditBalances, type StoreCreditRow } from './projection.ts';

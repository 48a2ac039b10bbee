export { type CustomerStatistics, type StatisticsChange, createHttpCustomerStatistics } from './http.ts';

export { findIdByNumber, numbers, refillNumbers } from './projection.ts';

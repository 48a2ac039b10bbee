export { type DeliveryPositions, type Position, openDeliveryPositions } from './positions.ts';

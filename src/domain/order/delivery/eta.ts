import { isErased, type Instant } from '../../shared/decider.ts';
import type { Order } from '../vocabulary/state.ts';
import { isInDelivery } from './delivery-phase.ts';

/** Degrees: latitude from -90 to 90, longitude from -180 to 180. */
export type Coordinates = { readonly latitude: number; readonly longitude: number };

/** A courier's coordinates at one time. */
export type Sighting = Coordinates & { readonly at: Instant };

const EARTH_RADIUS_KM = 6_371;
const MINUTE_MS = 60_000;

const radians = (degrees: number): number => (degrees * Math.PI) / 180;

/** Straight-line distance, by the haversine formula. */
export const distanceKm = (a: Coordinates, b: Coordinates): number => {
  const [latitudes, longitudes] = [radians(b.latitude - a.latitude), radians(b.longitude - a.longitude)];
  const chord =
    Math.sin(latitudes / 2) ** 2 +
    Math.cos(radians(a.latitude)) * Math.cos(radians(b.latitude)) * Math.sin(longitudes / 2) ** 2;
  return 2 * EARTH_RADIUS_KM * Math.asin(Math.min(1, Math.sqrt(chord)));
};

/** The destination of an order, if the order has coordinates. */
export const destinationOf = ({ personal }: Order): Coordinates | null => {
  if (isErased(personal)) return null;
  const { latitude, longitude } = personal;
  return latitude === null || longitude === null ? null : { latitude, longitude };
};

/**
 * The arrival time of a courier at this position and speed, rounded up to a whole minute so that it does not flicker.
 */
export const etaAt = (destination: Coordinates, seen: Sighting, speedKmh: number): Instant => {
  const travelMs = (distanceKm(seen, destination) / speedKmh) * 60 * MINUTE_MS;
  return new Date(Math.ceil((Date.parse(seen.at) + travelMs) / MINUTE_MS) * MINUTE_MS).toISOString();
};

/**
 * When the order is expected: at the promised time, until its courier has reported a position and the destination is
 * known.
 */
export const estimatedDelivery = (order: Order, seen: Sighting | undefined, speedKmh: number): Instant | null => {
  const destination = destinationOf(order);
  return seen === undefined || destination === null || !isInDelivery(order.status)
    ? order.delivery.estimated_delivery_at
    : etaAt(destination, seen, speedKmh);
};

import type { Benchmark } from './support/benchmark.ts';
import { openArena } from './support/contest.ts';
import { placingAtFloor, placingAtWaybill } from './support/orders.ts';

/** `POST /orders` with two items, everything on, against rows written by a service that does nothing else. */
export const placeOrder: Benchmark = ({ url, short }) =>
  openArena(url, async ({ floor, waybill, contest }) => {
    const ours = await placingAtWaybill(waybill);
    await contest({
      title: 'POST /orders, 2 items, 64 connections',
      rounds: short ? 3 : 5,
      seconds: short ? 3 : 8,
      floor: { name: 'koa + pg, three rows in a transaction', requests: () => placingAtFloor(floor) },
      waybill: { name: 'Waybill', requests: () => ours },
      goal: 'first ≥ 1.0, goal ≥ 2.0 and p99 no worse',
    });
  });

import type { Knex } from 'knex';
import { reachesGateway, type OrderEvent } from '../../domain/order/index.ts';
import type { Fact } from '../../domain/shared/decider.ts';
import type { Codec } from '../../event-store/codec.ts';
import type { EventStore, Position } from '../../event-store/port.ts';
import { isImported, type Recorded } from '../../event-store/recorded.ts';
import { streamId } from '../../event-store/stream-names.ts';
import { readDayRange } from '../engine/index.ts';
import { figures, type FigureRow } from './projection.ts';

/** Money that a gateway moved, according to Waybill's events. */
export type Movement = {
  readonly kind: 'charge' | 'refund';
  readonly payment_id: string;
  readonly refund_id: string | null;
  readonly order_id: string;
  /** Minor units. */
  readonly amount: number;
  readonly currency: string;
};

type MovementWithoutCurrency = Omit<Movement, 'currency'>;

const TYPES: ReadonlySet<string> = new Set(['PaymentCaptured', 'PaymentRefunded']);
const PAGE = 1_000;

const movementIn = ({ stream, fact }: Recorded): readonly MovementWithoutCurrency[] => {
  const event = fact as Fact<OrderEvent>; // order streams hold nothing else
  const order_id = streamId(stream);
  if (event.type === 'PaymentCaptured') {
    const { payment_id, amount, method } = event.data;
    return reachesGateway(method) ? [{ kind: 'charge', payment_id, refund_id: null, order_id, amount }] : [];
  }
  if (event.type !== 'PaymentRefunded' || event.data.method !== 'original_payment') return [];
  const { payment_id, refund_id, amount } = event.data;
  return [{ kind: 'refund', payment_id, refund_id, order_id, amount }];
};

export type MovementDeps = {
  readonly db: Knex;
  readonly store: Pick<EventStore, 'readAll'>;
  readonly codec: Pick<Codec, 'decode'>;
};

/** Money that gateways moved on a business day, read from that day's range of the log. Imported history moved none. */
export const readMovements = async ({ db, store, codec }: MovementDeps, day: string): Promise<readonly Movement[]> => {
  const range = await readDayRange(db, figures.name, day);
  if (range === undefined) return [];
  const found: MovementWithoutCurrency[] = [];
  const isBefore = (position: Position): boolean => range.end === undefined || position < range.end;
  for (let after = range.first - 1n; ;) {
    const page = await store.readAll({ after, limit: PAGE, prefixes: ['order-'] });
    const wanted = page.events.filter(
      (event) => isBefore(event.position) && TYPES.has(event.type) && !isImported(event),
    );
    found.push(...(await codec.decode(wanted, { personal: false })).flatMap(movementIn));
    after = page.position;
    if (page.caughtUp || !isBefore(after)) break;
  }
  const orders = await db<FigureRow>(figures.table)
    .whereIn('id', [...new Set(found.map(({ order_id }) => order_id))])
    .select('id', 'currency');
  const currencies = new Map(orders.map(({ id, currency }) => [id, currency]));
  return found.map((one) => ({ ...one, currency: currencies.get(one.order_id) ?? '' }));
};

import { randomUUID } from 'node:crypto';
import { numbersOf } from '../../src/app/compose/numbering.ts';
import { createCodec } from '../../src/event-store/codec.ts';
import { openPostgresEventStore } from '../../src/event-store/postgres/index.ts';
import { createWritePast } from '../../src/imports/index.ts';
import { openDataKeys } from '../../src/platform/data-keys.ts';
import { openDatabase } from '../../src/platform/database.ts';
import { planShop, seedOrders } from '../../src/seed/index.ts';

type Shop = {
  readonly url: string;
  /** The master key of the Waybill that will read it. */
  readonly masterKey: Uint8Array;
  readonly orders: number;
};

const SEED = '7';
const PERIOD = { from: new Date('2024-01-01T00:00:00.000Z'), to: new Date('2026-01-01T00:00:00.000Z') };
const NUMBERS = {
  businessTimeZone: 'UTC',
  numberPrefixes: { order: 'ORD', payment: 'PAY', return: 'RET', invoice: 'INV', credit_memo: 'CM' },
  eventStoreUrl: undefined,
};

/** The shop that `npm run seed` makes: two years of orders, paid, delivered and returned. Answers their ids. */
export const seedShop = async ({ url, masterKey, orders: count }: Shop): Promise<readonly string[]> => {
  const db = openDatabase({ url });
  const store = openPostgresEventStore({ url });
  try {
    const codec = createCodec(openDataKeys({ db, masterKey }));
    await seedOrders(
      { seed: SEED, count, period: PERIOD },
      {
        write: createWritePast({ store, codec, source: `the seed ${SEED}` }),
        drawNumber: numbersOf(NUMBERS, db),
        run: randomUUID(),
        onOrders: () => undefined,
      },
    );
    return [...planShop(SEED, count, PERIOD)].map(({ order_id }) => order_id);
  } finally {
    await store.close();
    await db.destroy();
  }
};

import type { Knex } from 'knex';

/** A call that was begun before, and what came of it if that is known. */
export type EarlierAttempt<Outcome> = { readonly outcome: Outcome | null };

/**
 * What a gateway that does not honour keys has been asked. The row is there before the call is made: a process that dies
 * during the call leaves it behind, and no process asks a second time.
 */
export type GatewayAttempts<Outcome> = {
  /** Undefined: not asked before, and from now on it has been. */
  readonly begin: (key: string) => Promise<EarlierAttempt<Outcome> | undefined>;
  readonly answer: (key: string, outcome: Outcome) => Promise<void>;
  /** It certainly did nothing. What it did is kept as long as the payment: a run that is late finds it. */
  readonly forget: (key: string) => Promise<void>;
};

type Row<Outcome> = { readonly outcome: Outcome | null };

export const openGatewayAttempts = <Outcome extends object>(db: Knex): GatewayAttempts<Outcome> => ({
  begin: async (key) => {
    const { rows } = await db.raw<{ rows: unknown[] }>(
      'insert into gateway_asks (idempotency_key) values (?) on conflict do nothing returning 1',
      [key],
    );
    if (rows.length > 0) return undefined;
    const earlier = await db.raw<{ rows: Row<Outcome>[] }>(
      'select outcome from gateway_asks where idempotency_key = ?',
      [key],
    );
    return { outcome: earlier.rows[0]?.outcome ?? null };
  },
  answer: async (key, outcome) => {
    await db('gateway_asks')
      .where('idempotency_key', key)
      .update({ outcome: JSON.stringify(outcome) });
  },
  forget: async (key) => {
    await db('gateway_asks').where('idempotency_key', key).delete();
  },
});

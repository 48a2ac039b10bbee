import type { Knex } from 'knex';
import type { Projection, Tokens } from './projection.ts';

/**
 * What one writer has written alongside its rows. It holds for a generation: when anything of it has been deleted since, the
 * checkpoint does not move, and the writer begins again with nothing known.
 */
export type Known = { readonly generation: string; readonly tokens: Map<string, number> };

/** About 5 MB of names. */
const MOST_NAMES = 50_000;

/** What the writers of this process know. */
const everyKnown = new Set<WeakRef<Known>>();

/** Forgets the names of all writers in this process: they are in clear, and a person may have been erased. */
export const forgetNames = (): void => {
  for (const ref of everyKnown) {
    const known = ref.deref();
    if (known === undefined) everyKnown.delete(ref);
    else known.tokens.clear();
  }
};

/** Nothing known yet; undefined for a projection that has no generations. */
export const openKnown = async (db: Knex, { generation }: Projection): Promise<Known | undefined> => {
  if (generation === undefined) return undefined;
  const { rows } = await db.raw<{ rows: readonly { generation: string }[] }>(
    `select (${generation})::text as generation`,
  );
  const known: Known = { generation: rows[0]?.generation ?? '', tokens: new Map() };
  everyKnown.add(new WeakRef(known));
  return known;
};

export const learn = (known: Known | undefined, learnt: Tokens): void => {
  if (known === undefined) return;
  if (known.tokens.size + learnt.size > MOST_NAMES) known.tokens.clear();
  for (const [name, token] of learnt) known.tokens.set(name, token);
};

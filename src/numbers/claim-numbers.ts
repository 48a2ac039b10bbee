import type { Knex } from 'knex';
import { placeInSeries, type NumberKind } from '../domain/shared/numbers.ts';
import { coalesce } from '../platform/coalesce.ts';

/** A number that something brings along from another system. */
export type Claim = { readonly kind: NumberKind | 'document'; readonly number: string; readonly id: string };

export type NumberClaims = {
  /** The claims whose number something else has. Nothing is written. */
  readonly taken: (claims: readonly Claim[]) => Promise<readonly Claim[]>;
  /** Keeps the numbers, so that nothing else gets them. Answers like `taken`; claiming again changes nothing. */
  readonly claim: (claims: readonly Claim[]) => Promise<readonly Claim[]>;
};

const isDocument = ({ kind }: Claim): boolean => kind === 'document';

type Held = { readonly number: string; readonly id: string };

/** Numbers of orders, returns and payments are those that new ones are drawn from: a series goes on behind them. */
export const openNumberClaims = (db: Knex): NumberClaims => {
  const heldBy = async (claims: readonly Claim[]): Promise<readonly Claim[]> => {
    const numbers = claims.filter((claim) => !isDocument(claim)).map(({ number }) => number);
    const documents = claims.filter(isDocument).map(({ number }) => number);
    const { rows } = await db.raw<{ rows: readonly (Held & { readonly of: string })[] }>(
      `select 'number' as of, number, id from numbers where number = any(?)
       union all select 'document', number, order_id from external_documents where number = any(?)
       union all select 'document', number, order_id from document_list where number = any(?)`,
      [numbers, documents, documents],
    );
    const held = new Map(rows.map(({ of, number, id }) => [`${of}/${number}`, id]));
    return claims.filter((claim) => {
      const id = held.get(`${isDocument(claim) ? 'document' : 'number'}/${claim.number}`);
      return id !== undefined && id !== claim.id;
    });
  };

  const keep = async (claims: readonly Claim[]): Promise<void> => {
    const numbers = claims
      .filter((claim) => !isDocument(claim))
      .map(({ kind, number, id }) => ({ kind, number, id, ...placeInSeries(number) }));
    const documents = claims.filter(isDocument).map(({ number, id }) => ({ number, order_id: id }));
    // Sorted: two imports that claim the same numbers must not wait for each other.
    const sorted = <T extends { readonly number: string }>(rows: readonly T[]): readonly T[] =>
      rows.toSorted((a, b) => (a.number < b.number ? -1 : 1));
    if (numbers.length > 0) await db('numbers').insert(sorted(numbers)).onConflict('number').ignore();
    if (documents.length > 0) await db('external_documents').insert(sorted(documents)).onConflict('number').ignore();
  };

  const claimTogether = coalesce<readonly Claim[], readonly Claim[]>(
    async (asked) => {
      await keep(asked.flat());
      const taken = new Set(await heldBy(asked.flat()));
      return asked.map((claims) => claims.filter((claim) => taken.has(claim)));
    },
    { maxBatch: 128 },
  );

  return { taken: heldBy, claim: claimTogether };
};

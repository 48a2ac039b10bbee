import { ERASED, isErased, type Personal } from './decider.ts';

/** One key seals all that is personal about a customer, so what is erased anywhere is erased everywhere. */
export const mergePersonal = <T extends object>(
  known: Personal<T>,
  change: Personal<Partial<NoInfer<T>>> | undefined,
): Personal<T> => {
  if (change === undefined) return known;
  return isErased(known) || isErased(change) ? ERASED : { ...known, ...change };
};

/** One field of what is personal; `null` where it was never said. */
export const personalField = <T extends object, K extends keyof T>(
  personal: Personal<T> | undefined,
  field: K,
): Personal<NonNullable<T[K]>> | null => {
  if (personal === undefined) return null;
  return isErased(personal) ? ERASED : (personal[field] ?? null);
};

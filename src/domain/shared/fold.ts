type Typed = { readonly type: string };

/** The change of each type of fact: the compiler demands an entry for every type. */
export type Changes<E extends Typed, S> = {
  readonly [T in E['type']]: (state: S, fact: Extract<E, { readonly type: T }>) => Partial<S>;
};

/**
 * The change of a fact. It is looked up, not matched: a rebuild folds every event of the log, and matching one pattern
 * after another costs more than the rest of the fold.
 */
export const changesOf = <E extends Typed, S>(changes: Changes<E, S>, state: S, fact: E): Partial<S> => {
  // `Changes` guarantees that the entry for a type accepts facts of that type; a lookup by a union loses this.
  const change = changes[fact.type as E['type']] as (state: S, fact: E) => Partial<S>;
  return change(state, fact);
};

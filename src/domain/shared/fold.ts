type Typed = { readonly type: string };

/** What each kind of fact changes: the compiler asks for every one of them. */
export type Changes<E extends Typed, S> = {
  readonly [T in E['type']]: (state: S, fact: Extract<E, { readonly type: T }>) => Partial<S>;
};

/**
 * What a fact changes. Looked up rather than matched: a rebuild folds every event there ever was, and matching patterns
 * one after the other costs more than all the rest of it.
 */
export const changesOf = <E extends Typed, S>(changes: Changes<E, S>, state: S, fact: E): Partial<S> => {
  // That the entry under a fact's type takes that very fact is what `Changes` says; a lookup by a union loses it.
  const change = changes[fact.type as E['type']] as (state: S, fact: E) => Partial<S>;
  return change(state, fact);
};

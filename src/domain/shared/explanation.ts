import { sum, type Minor } from './money.ts';

/** Headings of docs/rules.md that decide amounts. */
export const RULES = ['Money', 'Payments', 'How much is refunded', 'Documents'] as const;
export type Rule = (typeof RULES)[number];

/** One part of an amount. */
export type Term = {
  /** Tells the terms of one amount apart, whatever their labels are. */
  readonly key: string;
  readonly label: string;
  readonly amount: Minor;
  /** Default: the rule of the amount. */
  readonly rule?: Rule;
};

/** How an amount was rounded: `share` and `remainder` add up to it. */
export type Rounding = { readonly method: 'largest_remainder'; readonly share: Minor; readonly remainder: Minor };

export type Explanation = {
  readonly amount: Minor;
  readonly rule: Rule;
  readonly terms: readonly Term[];
  readonly rounding?: Rounding;
};

/** A term, and the event that gave it its amount. */
export type Attributed<E> = Term & { readonly event: E };

/** An amount with its terms, each with its event; terms of 0 are left out. */
export type Explained<E> = Omit<Explanation, 'terms'> & { readonly terms: readonly Attributed<E>[] };

/**
 * Explains an amount and finds the event behind each term: the last one that changed the term, as the events are folded
 * one by one. Undefined: there is no such amount. `isAlike` tells two states that have the same terms, which spares
 * building them again: an order may have 500 lines, and 500 notes.
 * @throws when the terms do not add up to the amount: an explanation that is wrong must not be given
 */
export const explain = <S, E>(
  { initialState, evolve }: { readonly initialState: S; readonly evolve: (state: S, event: E) => S },
  events: readonly E[],
  termsAt: (state: S) => Explanation | undefined,
  isAlike: (one: S, other: S) => boolean = () => false,
): Explained<E> | undefined => {
  let state = initialState;
  let explanation: Explanation | undefined;
  let found = new Map<string, Attributed<E>>();
  for (const event of events) {
    const before = state;
    state = evolve(before, event);
    if (isAlike(before, state)) continue;
    explanation = termsAt(state);
    found = new Map(
      explanation?.terms.map((term) => {
        const known = found.get(term.key);
        const isSame = known?.amount === term.amount && known.label === term.label;
        return [term.key, isSame ? known : { ...term, event }];
      }),
    );
  }
  if (explanation === undefined) return undefined;
  const terms = [...found.values()];
  const total = sum(terms.map(({ amount }) => amount));
  if (total !== explanation.amount)
    throw new Error(`the terms of an amount of ${explanation.amount} add up to ${total}`);
  return { ...explanation, terms: terms.filter(({ amount }) => amount !== 0) };
};

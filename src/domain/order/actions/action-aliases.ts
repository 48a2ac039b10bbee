import { normalisedWord } from '../../shared/normalise-name.ts';
import {
  actionBetween,
  ORDER_ACTIONS,
  ORDER_STATUSES,
  STATUS_ALIASES,
  type OrderAction,
  type OrderStatus,
} from '../vocabulary/transitions.ts';

/** Every known word, listed for a caller who used an unknown one. */
export const ORDER_WORDS: readonly string[] = [
  ...new Set<string>([...ORDER_ACTIONS, ...ORDER_STATUSES, ...STATUS_ALIASES.keys()]),
];

/** The status a word names. */
export const orderStatusOf = (word: string): OrderStatus | undefined => {
  const plain = normalisedWord(word);
  return STATUS_ALIASES.get(plain) ?? ORDER_STATUSES.find((status) => status === plain);
};

/** The action a word asks for in a status: itself, or the one that leads to the status it names. */
export const orderActionOf = (word: string, current: OrderStatus): OrderAction | undefined => {
  const plain = normalisedWord(word);
  const target = orderStatusOf(word);
  return ORDER_ACTIONS.find((action) => action === plain) ?? (target && actionBetween(current, target));
};

export const isOrderWord = (word: string): boolean => ORDER_WORDS.includes(normalisedWord(word));

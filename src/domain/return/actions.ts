import type { Role } from '../shared/decider.ts';
import { mayRefundReturn, type ReturnMoney } from '../order/index.ts';
import { normalisedWord } from '../shared/normalise-name.ts';
import {
  RETURN_STATUSES,
  RETURN_TRANSITIONS,
  type ReturnAction,
  type ReturnStatus,
  type ReturnTransition,
} from './transitions.ts';

export const RETURN_ACTIONS: readonly ReturnAction[] = RETURN_TRANSITIONS.filter((row) => row.asked).map(
  (row) => row.action,
);

export const returnTransition = (action: ReturnAction): ReturnTransition => {
  const rows: readonly ReturnTransition[] = RETURN_TRANSITIONS;
  const row = rows.find((candidate) => candidate.action === action);
  if (row === undefined) throw new Error(`no such return action: ${action}`);
  return row;
};

export const leadsReturnFrom = (action: ReturnAction, status: ReturnStatus): boolean =>
  returnTransition(action).from.includes(status);

/** Whether a role may ever request this. */
export const mayEverTakeOnReturn = (role: Role, action: ReturnAction): boolean =>
  returnTransition(action).by.includes(role);

/**
 * The verbs that this role may request now, in the order of the table. `money`: from the order; while a refund is in
 * progress, no other may be requested.
 */
export const allowedReturnActions = (
  { status }: { readonly status: ReturnStatus },
  role: Role,
  money?: ReturnMoney,
): readonly ReturnAction[] =>
  RETURN_ACTIONS.filter(
    (action) =>
      mayEverTakeOnReturn(role, action) &&
      leadsReturnFrom(action, status) &&
      (action !== 'refund' || money === undefined || mayRefundReturn(money)),
  );

const ALIASES: ReadonlyMap<string, ReturnStatus> = new Map([
  ['completed', 'refunded'],
  ['canceled', 'cancelled'],
]);

/** Every known word. */
export const RETURN_WORDS: readonly string[] = [
  ...new Set<string>([...RETURN_ACTIONS, ...RETURN_STATUSES, ...ALIASES.keys()]),
];

/** The status that a word names. */
export const returnStatusOf = (word: string): ReturnStatus | undefined => {
  const plain = normalisedWord(word);
  return ALIASES.get(plain) ?? RETURN_STATUSES.find((status) => status === plain);
};

/** The action that a word requests in a status: itself, or the action that leads to the status that it names. */
export const returnActionOf = (word: string, current: ReturnStatus): ReturnAction | undefined => {
  const plain = normalisedWord(word);
  const target = returnStatusOf(word);
  return (
    RETURN_ACTIONS.find((action) => action === plain) ??
    RETURN_ACTIONS.find((action) => leadsReturnFrom(action, current) && returnTransition(action).to === target)
  );
};

export const isReturnWord = (word: string): boolean => RETURN_WORDS.includes(normalisedWord(word));

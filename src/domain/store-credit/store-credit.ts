import { match } from 'ts-pattern';
import type { Command } from '../shared/command.ts';
import { accept, type Decider, type Decision, type Fact, type Instant } from '../shared/decider.ts';
import { maxAmount, type Currency, type Minor } from '../shared/money.ts';
import type { EntryKind, StoreCreditEvent, StoreCreditGiven, StoreCreditSpent } from './events.ts';

export type GiveStoreCredit = Command<'GiveStoreCredit', StoreCreditGiven['data']>;
export type SpendStoreCredit = Command<'SpendStoreCredit', StoreCreditSpent['data']>;
export type StoreCreditCommand = GiveStoreCredit | SpendStoreCredit;

export type StoreCreditEntry = {
  readonly entry_id: string;
  /** Below 0: spent or taken. */
  readonly amount: Minor;
  readonly kind: EntryKind;
  readonly order_id: string | null;
  readonly return_id: string | null;
  readonly at: Instant;
};

export type StoreCredit = {
  readonly customer_id: string | null;
  readonly currency: Currency | null;
  readonly balance: Minor;
  /** Oldest first. */
  readonly entries: readonly StoreCreditEntry[];
};

export const NO_STORE_CREDIT: StoreCredit = { customer_id: null, currency: null, balance: 0, entries: [] };

export type StoreCreditRejection =
  | { readonly rejected: 'store_credit.insufficient'; readonly balance: Minor; readonly requested: Minor }
  | { readonly rejected: 'store_credit.invalid_amount' };

type Decided = Decision<StoreCreditEvent, StoreCreditRejection>;

/**
 * The balance of one customer in one currency. It is never below 0: an entry is appended at the exact revision that was
 * read.
 */
export const storeCreditDecider: Decider<StoreCreditCommand, StoreCreditEvent, StoreCredit, StoreCreditRejection> = {
  name: 'store_credit',
  initialState: NO_STORE_CREDIT,
  evolve: (state, fact) => evolve(state, fact),
  decide: (command, state) =>
    match(command)
      .returnType<Decided>()
      .with({ type: 'GiveStoreCredit' }, ({ data }) => give(data, state))
      .with({ type: 'SpendStoreCredit' }, ({ data }) => spend(data, state))
      .exhaustive(),
};

const isNew = ({ entry_id }: StoreCreditGiven['data'], { entries }: StoreCredit): boolean =>
  !entries.some((entry) => entry.entry_id === entry_id);

const isAmount = (amount: Minor): boolean => Number.isSafeInteger(amount) && amount > 0;

const give = (data: StoreCreditGiven['data'], state: StoreCredit): Decided => {
  if (!isNew(data, state)) return accept();
  return isAmount(data.amount) && state.balance + data.amount <= maxAmount(data.currency)
    ? accept({ type: 'StoreCreditGiven', data })
    : { rejected: 'store_credit.invalid_amount' };
};

const spend = (data: StoreCreditSpent['data'], state: StoreCredit): Decided => {
  if (!isNew(data, state)) return accept();
  if (!isAmount(data.amount)) return { rejected: 'store_credit.invalid_amount' };
  return data.amount > state.balance
    ? { rejected: 'store_credit.insufficient', balance: state.balance, requested: data.amount }
    : accept({ type: 'StoreCreditSpent', data });
};

const evolve = ({ balance, entries }: StoreCredit, { type, data, at }: Fact<StoreCreditEvent>): StoreCredit => {
  const { customer_id, currency, entry_id, kind, order_id, return_id } = data;
  const amount = type === 'StoreCreditGiven' ? data.amount : -data.amount;
  return {
    customer_id,
    currency,
    balance: balance + amount,
    entries: [...entries, { entry_id, amount, kind, order_id, return_id, at }],
  };
};

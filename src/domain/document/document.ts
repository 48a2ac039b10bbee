import { match } from 'ts-pattern';
import type { Command } from '../shared/command.ts';
import { accept, type Decider, type Decision, type Fact, type Instant } from '../shared/decider.ts';
import type { Minor } from '../shared/money.ts';
import type { DocumentEvent, DocumentRedacted, DocumentRendered, DocumentRequested } from './events.ts';

export type RequestDocument = Command<'RequestDocument', DocumentRequested['data']>;
export type RecordRendering = Command<'RecordRendering', DocumentRendered['data']>;
export type RecordRedaction = Command<'RecordRedaction', DocumentRedacted['data']>;
export type DocumentCommand = RequestDocument | RecordRendering | RecordRedaction;

export type RequestedDocument = {
  readonly status: 'requested' | 'rendered';
  readonly request: DocumentRequested['data'];
  readonly requested_at: Instant;
  /** Hash of the stored bytes; replaced when personal data is blacked out. */
  readonly rendering: DocumentRendered['data'] | null;
  readonly rendered_at: Instant | null;
};

export type DocumentState = { readonly status: 'none' } | RequestedDocument;

export type DocumentRejection = { readonly rejected: 'document.not_requested' | 'document.not_rendered' };

/** One legal document. A second request or a second rendering changes nothing: the first one is kept. */
export const documentDecider: Decider<DocumentCommand, DocumentEvent, DocumentState, DocumentRejection> = {
  initialState: { status: 'none' },
  decide: (command, state) =>
    match(command)
      .returnType<Decision<DocumentEvent, DocumentRejection>>()
      .with({ type: 'RequestDocument' }, ({ data }) =>
        state.status === 'none' ? accept({ type: 'DocumentRequested', data }) : accept(),
      )
      .with({ type: 'RecordRendering' }, ({ data }) => recordRendering(data, state))
      .with({ type: 'RecordRedaction' }, ({ data }) => recordRedaction(data, state))
      .exhaustive(),
  evolve: (state, fact) => evolve(state, fact),
};

const recordRendering = (
  data: DocumentRendered['data'],
  { status }: DocumentState,
): Decision<DocumentEvent, DocumentRejection> => {
  if (status === 'none') return { rejected: 'document.not_requested' };
  return status === 'rendered' ? accept() : accept({ type: 'DocumentRendered', data });
};

const recordRedaction = (
  data: DocumentRedacted['data'],
  state: DocumentState,
): Decision<DocumentEvent, DocumentRejection> => {
  if (state.status !== 'rendered') return { rejected: 'document.not_rendered' };
  return state.rendering?.sha256 === data.sha256 ? accept() : accept({ type: 'DocumentRedacted', data });
};

const evolve = (state: DocumentState, fact: Fact<DocumentEvent>): DocumentState => {
  if (fact.type === 'DocumentRequested') {
    return { status: 'requested', request: fact.data, requested_at: fact.at, rendering: null, rendered_at: null };
  }
  if (state.status === 'none') return state;
  if (fact.type === 'DocumentRendered') {
    return { ...state, status: 'rendered', rendering: fact.data, rendered_at: fact.at };
  }
  return { ...state, rendering: state.rendering && { ...state.rendering, ...fact.data } };
};

/**
 * Whether a credit needs a credit memo: if it credits something invoiced, even if no money is refunded. A credit of 0
 * needs none.
 */
export const needsCreditMemo = ({
  amount,
  invoiced,
}: {
  readonly amount: Minor;
  readonly invoiced: boolean;
}): boolean => invoiced && amount > 0;

import { match } from 'ts-pattern';
import type { Command } from '../shared/command.ts';
import { accept, type Decider, type Decision, type Fact } from '../shared/decider.ts';
import type {
  AuditEvent,
  BooksEnded,
  DayBegan,
  DayClosed,
  KeptDocumentRead,
  LogKeyChanged,
  LogRestored,
  SubjectErased,
  SubjectExported,
} from './events.ts';

export type BeginDay = Command<'BeginDay', DayBegan['data']>;
export type CloseDay = Command<'CloseDay', DayClosed['data']>;
export type ChangeLogKey = Command<'ChangeLogKey', LogKeyChanged['data']>;
export type AcceptRestore = Command<'AcceptRestore', LogRestored['data']>;
export type EraseSubject = Command<'EraseSubject', SubjectErased['data']>;
export type EndBooks = Command<'EndBooks', BooksEnded['data']>;
export type ReadKeptDocument = Command<'ReadKeptDocument', KeptDocumentRead['data']>;
export type ExportSubject = Command<'ExportSubject', SubjectExported['data']>;
export type AuditCommand =
  | BeginDay
  | CloseDay
  | ChangeLogKey
  | AcceptRestore
  | EraseSubject
  | EndBooks
  | ReadKeptDocument
  | ExportSubject;

/** What a year's stream says of the log itself. */
export type AuditYear = {
  /** The newest day that was closed, and what it said. */
  readonly closed: DayClosed['data'] | null;
};

export const NO_AUDIT: AuditYear = { closed: null };

export type AuditRejection = { readonly rejected: 'audit.day_not_next' };

type Decided = Decision<AuditEvent, AuditRejection>;

const DAY_MS = 86_400_000;

export const dayAfter = (day: string): string => new Date(Date.parse(day) + DAY_MS).toISOString().slice(0, 10);

/** Days are closed once each, in their order. */
export const auditDecider: Decider<AuditCommand, AuditEvent, AuditYear, AuditRejection> = {
  name: 'audit',
  initialState: NO_AUDIT,
  evolve: (state, { type, data }: Fact<AuditEvent>) => (type === 'DayClosed' ? { ...state, closed: data } : state),
  decide: (command, { closed }) =>
    match(command)
      .returnType<Decided>()
      .with({ type: 'BeginDay' }, ({ data }) => accept({ type: 'DayBegan', data }))
      .with({ type: 'ChangeLogKey' }, ({ data }) => accept({ type: 'LogKeyChanged', data }))
      .with({ type: 'AcceptRestore' }, ({ data }) => accept({ type: 'LogRestored', data }))
      .with({ type: 'EraseSubject' }, ({ data }) => accept({ type: 'SubjectErased', data }))
      .with({ type: 'EndBooks' }, ({ data }) => accept({ type: 'BooksEnded', data }))
      .with({ type: 'ReadKeptDocument' }, ({ data }) => accept({ type: 'KeptDocumentRead', data }))
      .with({ type: 'ExportSubject' }, ({ data }) => accept({ type: 'SubjectExported', data }))
      .with({ type: 'CloseDay' }, ({ data }) => {
        if (closed !== null && data.day <= closed.day) return accept();
        if (closed !== null && data.day !== dayAfter(closed.day)) return { rejected: 'audit.day_not_next' };
        return accept({ type: 'DayClosed', data });
      })
      .exhaustive(),
};

import { traceOf } from '../platform/trace.ts';
import type { Recorded } from '../event-store/recorded.ts';
import { streamId } from '../event-store/stream-names.ts';
import type { Attachment, MailAddress, Mailer } from './mail/port.ts';
import type { Notifier } from './push/port.ts';
import type { Devices } from './push/devices.ts';
import type { DocumentFiles } from '../documents/index.ts';
import type { MailKind, MessageKind } from './kinds.ts';
import { messageIdOf } from './message-id.ts';
import { mailFacts, type MailFacts, type MessageCause } from './facts.ts';
import { StreamGone, type History } from './stream-cache.ts';
import { TemplateFailure } from './content/template-failure.ts';
import type { Templates } from './content/templates.ts';
import { viewOf, type View, type ViewSettings } from './content/view.ts';

export type MessageSettings = ViewSettings & {
  /** Who looks after refunds that failed; null: no such mail is sent. */
  readonly staff: MailAddress | null;
};

export type MessageDeps = {
  readonly mailer: Mailer;
  readonly notifier: Notifier;
  readonly devices: Pick<Devices, 'tokensOf'>;
  readonly files: Pick<DocumentFiles, 'find'>;
  readonly templates: () => Promise<Templates>;
  readonly settings: MessageSettings;
};

/** A message that could go out now. */
export type OutgoingMessage = {
  readonly id: string;
  readonly kind: MessageKind;
  readonly order_id: string;
  readonly customer_id: string;
  readonly to: string;
  /** Empty where its template cannot be used. */
  readonly subject: string;
  /** Sending it twice leaves one. */
  readonly isRepeatable: boolean;
  readonly send: () => Promise<'sent' | 'written'>;
};

/** Documents are made by jobs of their own: one that is not there yet will be. */
const attachmentOf = async ({ files }: MessageDeps, documentId: string): Promise<Attachment> => {
  const file = await files.find(documentId);
  if (file === undefined) throw new Error('the document that goes with it is not made yet');
  return { file_name: file.file_name, content_type: 'application/pdf', bytes: file.bytes };
};

const viewIn = (templates: Templates, facts: MailFacts, settings: ViewSettings, attachment: string | null): View => {
  const language = templates.languageFor(facts.recipient.locale);
  return viewOf(facts, templates.words(language), { ...settings, language, attachment });
};

const subjectOf = (templates: Templates, view: View): string => {
  try {
    return templates.subject(view);
  } catch (error) {
    if (error instanceof TemplateFailure) return ''; // sending fails with it, and says so
    throw error;
  }
};

const mailMessage = async (
  deps: MessageDeps,
  { history, ...told }: MessageCause & { readonly history: History },
  kind: MailKind,
): Promise<OutgoingMessage | undefined> => {
  const { recorded } = told;
  const facts = await mailFacts(history, told, kind, deps.settings.staff);
  if (facts === undefined) return undefined;
  const { recipient, order_id, document_id } = facts;
  const templates = await deps.templates();
  const id = messageIdOf(recorded.id, kind);
  const bare = viewIn(templates, facts, deps.settings, null);
  return {
    ...{ id, kind, order_id },
    customer_id: recipient.customer_id,
    to: recipient.email,
    subject: subjectOf(templates, bare),
    isRepeatable: deps.mailer.repeatable,
    send: async () => {
      const attachment = document_id === null ? null : await attachmentOf(deps, document_id);
      const view = attachment === null ? bare : viewIn(templates, facts, deps.settings, attachment.file_name);
      return deps.mailer.send({
        ...{ id, attachment },
        thread: order_id,
        to: { name: recipient.name, address: recipient.email },
        at: recorded.fact.at,
        language: view.language,
        ...templates.render(view),
      });
    },
  };
};

/** The new status of an order; undefined: it has not changed. */
const notification = async (
  { notifier, devices }: MessageDeps,
  history: History,
  recorded: Recorded,
): Promise<OutgoingMessage | undefined> => {
  const { order, statusBefore } = await history.orderAt(recorded.stream, recorded.revision, recorded);
  const { status, customer_id } = order;
  if (status === statusBefore) return undefined;
  const id = messageIdOf(recorded.id, 'notification');
  const order_id = streamId(recorded.stream);
  return {
    ...{ id, order_id, customer_id },
    kind: 'notification',
    to: customer_id,
    subject: status,
    isRepeatable: notifier.isLocal,
    send: () =>
      notifier.tell({
        ...{ order_id, status },
        idempotency_key: id,
        user_id: customer_id,
        device_tokens: () => devices.tokensOf(customer_id),
        trace: traceOf(recorded.metadata.correlation_id),
      }),
  };
};

/** The message of a kind about an event; undefined: no message follows. */
export const messageOf = async (
  deps: MessageDeps,
  { history, recorded, isLater }: MessageCause & { readonly history: History },
  kind: MessageKind,
): Promise<OutgoingMessage | undefined> => {
  try {
    return kind === 'notification'
      ? await notification(deps, history, recorded)
      : await mailMessage(deps, { history, recorded, isLater }, kind);
  } catch (error) {
    if (error instanceof StreamGone) return undefined; // one deleted order stops no message of another
    throw error;
  }
};

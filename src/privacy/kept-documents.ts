import { handleOrThrow, saidBy, type Handle } from '../commands/index.ts';
import { auditDecider } from '../domain/audit/index.ts';
import type { EventContext } from '../event-store/codec.ts';
import { auditStream } from '../event-store/stream-names.ts';

/** Records who read a document that is kept of an erased customer, before it is handed out. */
export const recordKeptRead = async (handle: Handle, document_id: string, context: EventContext): Promise<void> => {
  await handleOrThrow(handle, auditDecider, {
    stream: auditStream(context.at.slice(0, 4)),
    command: { type: 'ReadKeptDocument', data: { document_id }, ...saidBy(context) },
    context,
  });
};

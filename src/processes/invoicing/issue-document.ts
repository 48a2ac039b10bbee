import type { DocumentCommands, DocumentRequest, IssuedDocument } from '../../commands/documents.ts';
import type { EventContext } from '../../event-store/codec.ts';
import { documentFile, type DocumentFile, type DocumentFiles } from '../../documents/document-files.ts';
import type { DocumentSettings } from '../../documents/invoice-data.ts';

export type DocumentDeps = {
  readonly files: DocumentFiles;
  readonly documents: DocumentCommands;
  readonly settings: DocumentSettings;
};

export type Rendering = {
  readonly request: DocumentRequest;
  readonly file_name: string;
  readonly render: (issued: IssuedDocument) => Promise<Uint8Array>;
};

/** The bytes of an issued document: those kept before, else newly rendered. What was recorded once is never replaced. */
const fileOf = async (files: DocumentFiles, issued: IssuedDocument, { file_name, render }: Rendering) => {
  const kept = await files.find(issued.id);
  if (kept !== undefined) return kept;
  const file: DocumentFile = documentFile(file_name, await render(issued));
  if (issued.rendering !== null && issued.rendering.sha256 !== file.sha256)
    throw new Error(
      `${issued.number} was issued with other bytes, which are lost: restore document_files from a backup`,
    );
  return files.keep(issued.id, file);
};

/**
 * Issues a legal document: asked for, numbered, rendered, kept, recorded. Each step finds what an earlier run has done.
 */
export const issueDocument = async (
  { files, documents }: Pick<DocumentDeps, 'files' | 'documents'>,
  rendering: Rendering,
  context: EventContext,
): Promise<void> => {
  const issued = await documents.issue(rendering.request, context);
  const { sha256, bytes, file_name } = await fileOf(files, issued, rendering);
  await documents.recordRendering(issued.id, { number: issued.number, file_name, sha256, size: bytes.length }, context);
};

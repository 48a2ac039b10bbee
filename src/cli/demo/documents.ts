import { mkdir, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { tell, waitFor, type Stage } from './stage.ts';

export type DocumentView = {
  readonly id: string;
  readonly invoice_number: string | null;
  readonly invoice_type: 'order' | 'return';
  readonly order_id: string;
  readonly return_id: string | null;
  readonly status: string;
};

/** Waits for the document that a path lists, and saves its PDF. */
export const saveDocument = async (stage: Stage, path: string): Promise<void> => {
  const { staff, outputFolder } = stage;
  const document = await waitFor(`a document at ${path}`, async () =>
    (await staff.get<readonly DocumentView[]>(path)).find(({ status }) => status === 'ready'),
  );
  const { fileName, bytes } = await staff.download(`/invoices/${document.id}/download`);
  await mkdir(outputFolder, { recursive: true });
  const file = join(outputFolder, basename(fileName));
  await writeFile(file, bytes);
  const what = document.invoice_type === 'order' ? 'invoice' : 'credit memo';
  tell(stage, what, `${document.invoice_number ?? ''}   ${file} (${(bytes.length / 1024).toFixed(1)} kB)`);
};

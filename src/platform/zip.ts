import { addAbortSignal, PassThrough, Readable } from 'node:stream';
import { finished, pipeline } from 'node:stream/promises';
import { ZipFile } from 'yazl';

/** A file of a zip. Its content is read when the reader has come to it. */
export type ZippedFile = {
  readonly name: string;
  readonly content: Iterable<string | Uint8Array> | AsyncIterable<string | Uint8Array>;
};

/**
 * Files as one zip, made as it is read: one file at a time, and no more of it than the reader takes. A failure ends it
 * before its directory, which every program takes for a broken file. A reader who leaves ends the reading of files.
 */
export const zipOf = (files: AsyncIterable<ZippedFile>): Readable => {
  const zip = new ZipFile();
  const out = new PassThrough();
  const closed = new AbortController();
  out.on('close', () => closed.abort());
  const fail = (error: unknown): void => void out.destroy(error instanceof Error ? error : new Error(String(error)));
  zip.on('error', fail);
  const fill = async (): Promise<void> => {
    for await (const { name, content } of files) {
      const source = addAbortSignal(closed.signal, Readable.from(content, { objectMode: false }));
      zip.addReadStream(source, name);
      await finished(source);
    }
    zip.end();
  };
  fill().catch(fail);
  pipeline(zip.outputStream, out).catch(fail);
  return out;
};

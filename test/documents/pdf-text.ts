import { getDocument } from 'pdfjs-dist/legacy/build/pdf.mjs';

type Item = { readonly str: string; readonly hasEOL: boolean };

const open = (pdf: Uint8Array) =>
  getDocument({ data: pdf.slice(), useSystemFonts: false, isEvalSupported: false, verbosity: 0 });

/** The text of every page, read from the finished bytes as a person would select it; one line per line. */
export const readPages = async (pdf: Uint8Array): Promise<string[]> => {
  const task = open(pdf);
  const document = await task.promise;
  const pages: string[] = [];
  for (let number = 1; number <= document.numPages; number += 1) {
    const { items } = await (await document.getPage(number)).getTextContent();
    const texts = items.filter((item): item is typeof item & Item => 'str' in item);
    pages.push(texts.map(({ str, hasEOL }) => (hasEOL ? `${str}\n` : str)).join(''));
  }
  await task.destroy();
  return pages;
};

export const readText = async (pdf: Uint8Array): Promise<string> => (await readPages(pdf)).join('\n');

export const readMetadata = async (pdf: Uint8Array): Promise<{ info: Record<string, unknown>; id: string | null }> => {
  const task = open(pdf);
  const document = await task.promise;
  const { info } = await document.getMetadata();
  const [id] = document.fingerprints;
  await task.destroy();
  return { info: Object.fromEntries(Object.entries(info)), id: id ?? null };
};

import { createHash } from 'node:crypto';
import { PDFDocument, PDFHexString } from 'pdf-lib';
import { printable } from '../text/printable.ts';
import type { FontFace } from '../text/font-face.ts';
import { createCanvas } from './canvas.ts';
import type { Canvas } from './canvas.ts';
import { createEmbeddedFont } from './embedded-font.ts';
import type { EmbeddedFont } from './embedded-font.ts';

/** A4, in points. */
export const PAGE = { width: 595.28, height: 841.89 } as const;

export type Properties = {
  readonly title: string;
  readonly author: string;
  /** Every date in the file, and with the title its id: nothing else may differ between two renderings. */
  readonly at: Date;
};

/** Pages and fonts of a document that is being drawn. */
export type Draft = {
  readonly pages: readonly Canvas[];
  readonly addPage: () => Canvas;
  readonly fonts: () => readonly EmbeddedFont[];
};

export const createDraft = (): Draft => {
  const pages: Canvas[] = [];
  const fonts = new Map<FontFace, EmbeddedFont>();
  const fontOf = (face: FontFace): EmbeddedFont => {
    const known = fonts.get(face);
    if (known) return known;
    const fresh = createEmbeddedFont(face, fonts.size);
    fonts.set(face, fresh);
    return fresh;
  };
  const addPage = () => {
    const page = createCanvas(fontOf);
    pages.push(page);
    return page;
  };
  return { pages, addPage, fonts: () => [...fonts.values()] };
};

/** Readers take only ids of 16 bytes. */
const idOf = (title: string, at: Date): string =>
  createHash('sha256').update(`${title} ${at.toISOString()}`).digest('hex').slice(0, 32);

const describe = (pdf: PDFDocument, { title, author, at }: Properties): void => {
  pdf.setTitle(printable(title), { showInWindowTitleBar: true });
  pdf.setAuthor(printable(author));
  pdf.setCreator('Waybill');
  pdf.setProducer('Waybill');
  pdf.setLanguage('en');
  pdf.setCreationDate(at);
  pdf.setModificationDate(at);
  const id = PDFHexString.of(idOf(title, at));
  pdf.context.trailerInfo.ID = pdf.context.obj([id, id]);
};

/** The finished file. The same draft and properties give the same bytes. */
export const writeDocument = async (draft: Draft, properties: Properties): Promise<Uint8Array> => {
  const pdf = await PDFDocument.create({ updateMetadata: false });
  describe(pdf, properties);
  const fonts = Object.fromEntries(draft.fonts().map((font) => [font.key, font.embed(pdf.context)]));
  const resources = pdf.context.register(pdf.context.obj({ Font: fonts }));
  for (const canvas of draft.pages) {
    const { node } = pdf.addPage([PAGE.width, PAGE.height]);
    node.set(pdf.context.obj('Resources'), resources);
    node.set(pdf.context.obj('Contents'), pdf.context.register(pdf.context.flateStream(canvas.content())));
  }
  return pdf.save({ addDefaultPage: false, updateFieldAppearances: false, objectsPerTick: Infinity });
};

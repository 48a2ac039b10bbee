import { breakLines } from './text/break-lines.ts';
import type { TextStyle } from './text/break-lines.ts';
import { shape } from './text/shape.ts';
import { createDraft, PAGE, writeDocument } from './pdf/write-document.ts';
import type { Draft, Properties } from './pdf/write-document.ts';
import type { Align, Canvas, Grey } from './pdf/canvas.ts';

export const MARGIN = { left: 48, right: 48, top: 52, bottom: 62 } as const;
export const CONTENT_WIDTH = PAGE.width - MARGIN.left - MARGIN.right;
export const RIGHT = PAGE.width - MARGIN.right;

export const INK = { strong: 0.08, normal: 0.18, quiet: 0.45, rule: 0.8, faint: 0.88 } as const;

/** Line height as a multiple of the size; Devanagari has marks above and below. */
const LEADING = 1.36;

export type Ink = TextStyle & { readonly grey: Grey };

export const STYLES = {
  title: { size: 20, weight: 'bold', grey: INK.strong },
  seller: { size: 12, weight: 'bold', grey: INK.strong },
  label: { size: 7, weight: 'regular', grey: INK.quiet },
  body: { size: 8.5, weight: 'regular', grey: INK.normal },
  strong: { size: 8.5, weight: 'bold', grey: INK.strong },
  quiet: { size: 7.5, weight: 'regular', grey: INK.quiet },
  total: { size: 11, weight: 'bold', grey: INK.strong },
} as const satisfies Record<string, Ink>;

export type Block = {
  readonly x: number;
  readonly width: number;
  readonly align?: Align;
  readonly maxLines?: number;
};

/** The position of the next element. `y` is in points from the bottom and decreases as the document grows. */
export type Sheet = {
  readonly draft: Draft;
  canvas: Canvas;
  y: number;
};

export const leadingOf = (style: TextStyle): number => style.size * LEADING;

export const openSheet = (): Sheet => {
  const draft = createDraft();
  return { draft, canvas: draft.addPage(), y: PAGE.height - MARGIN.top };
};

export const addPage = (sheet: Sheet): void => {
  sheet.canvas = sheet.draft.addPage();
  sheet.y = PAGE.height - MARGIN.top;
};

export const hasRoom = (sheet: Sheet, height: number): boolean => sheet.y - height >= MARGIN.bottom;

/** One line of text that is known to fit, with its top at `y`. */
export const writeLine = (
  sheet: Sheet,
  text: string,
  ink: Ink,
  { x, y, align = 'left' }: { x: number; y: number; align?: Align },
): void => {
  sheet.canvas.drawText({
    clusters: shape(text, ink.weight),
    x,
    y: y - ink.size,
    size: ink.size,
    grey: ink.grey,
    align,
  });
};

/** A paragraph with its top at `top`; returns its end. */
export const writeBlock = (
  sheet: Sheet,
  text: string,
  ink: Ink,
  { top, ...block }: Block & { top: number },
): number => {
  const lines = breakLines(text, block.width, ink, block.maxLines ?? 4);
  const x = block.align === 'right' ? block.x + block.width : block.x;
  lines.forEach((clusters, i) => {
    const y = top - i * leadingOf(ink) - ink.size;
    sheet.canvas.drawText({ clusters, x, y, size: ink.size, grey: ink.grey, align: block.align ?? 'left' });
  });
  return top - lines.length * leadingOf(ink);
};

type Rule = { readonly x?: number; readonly width?: number; readonly thickness?: number; readonly grey?: Grey };

export const drawRule = (sheet: Sheet, y: number, rule: Rule = {}): void => {
  const { x = MARGIN.left, width = CONTENT_WIDTH, thickness = 0.6, grey = INK.rule } = rule;
  sheet.canvas.drawRule({ x, y, width, thickness, grey });
};

/** `Page 2 of 7` under every page; the number of pages is known only at the end. */
const writeFooters = ({ draft }: Sheet, { title }: Properties): void => {
  const { size, weight, grey } = STYLES.quiet;
  draft.pages.forEach((canvas, i) => {
    const y = MARGIN.bottom - 30;
    canvas.drawRule({ x: MARGIN.left, y: y + 14, width: CONTENT_WIDTH, thickness: 0.6, grey: INK.rule });
    canvas.drawText({ clusters: shape(title, weight), x: MARGIN.left, y, size, grey });
    const page = `Page ${i + 1} of ${draft.pages.length}`;
    canvas.drawText({ clusters: shape(page, weight), x: RIGHT, y, size, grey, align: 'right' });
  });
};

export const finish = async (sheet: Sheet, properties: Properties): Promise<Uint8Array> => {
  writeFooters(sheet, properties);
  return writeDocument(sheet.draft, properties);
};

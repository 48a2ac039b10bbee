import type { FontFace, PlacedGlyph } from '../text/font-face.ts';
import { widthOf } from '../text/shape.ts';
import type { Cluster } from '../text/shape.ts';
import type { EmbeddedFont } from './embedded-font.ts';

/** 0 is black, 1 is white. */
export type Grey = number;
export type Align = 'left' | 'right';

export type DrawnText = {
  readonly clusters: readonly Cluster[];
  /** The left end, or with `align: 'right'` the right end. */
  readonly x: number;
  /** The baseline, in points from the bottom of the page. */
  readonly y: number;
  readonly size: number;
  readonly grey: Grey;
  readonly align?: Align;
};

/** One page: the operators written so far. */
export type Canvas = {
  readonly drawText: (text: DrawnText) => void;
  readonly drawRule: (rule: { x: number; y: number; width: number; thickness: number; grey: Grey }) => void;
  readonly content: () => string;
};

export type FontLookup = (face: FontFace) => EmbeddedFont;

const num = (value: number): string => String(Math.round(value * 100) / 100);

/** Writes glyphs of one font, each with its own width; marks that shaping moved are drawn beside the pen. */
const showGlyphs = (glyphs: readonly PlacedGlyph[], font: EmbeddedFont, size: number): string => {
  let out = '[<';
  let rise = 0;
  const move = (distance: number) => {
    if (Math.abs(distance) >= 0.01) out += `>${num(-distance)}<`;
  };
  for (const glyph of glyphs) {
    if (glyph.dy !== rise) out += `>] TJ ${num((glyph.dy * size) / 1000)} Ts [<`;
    rise = glyph.dy;
    move(glyph.dx);
    out += font.codeOf(glyph);
    move(-glyph.dx);
  }
  return `${out}>] TJ${rise === 0 ? '' : ' 0 Ts'}`;
};

/** Neighbours in the same font are shown together. */
const groupByFace = (clusters: readonly Cluster[]): { face: FontFace; glyphs: PlacedGlyph[] }[] => {
  const groups: { face: FontFace; glyphs: PlacedGlyph[] }[] = [];
  for (const { face, glyphs } of clusters) {
    const last = groups.at(-1);
    if (last?.face === face) last.glyphs.push(...glyphs);
    else groups.push({ face, glyphs: [...glyphs] });
  }
  return groups;
};

export const createCanvas = (fontOf: FontLookup): Canvas => {
  const operators: string[] = [];
  return {
    drawText: ({ clusters, x, y, size, grey, align = 'left' }) => {
      if (clusters.length === 0) return;
      const left = align === 'left' ? x : x - widthOf(clusters, size);
      const shown = groupByFace(clusters).map(({ face, glyphs }) => {
        const font = fontOf(face);
        return `/${font.key} ${num(size)} Tf ${showGlyphs(glyphs, font, size)}`;
      });
      operators.push(`BT ${num(grey)} g ${num(left)} ${num(y)} Td ${shown.join(' ')} ET`);
    },
    drawRule: ({ x, y, width, thickness, grey }) => {
      operators.push(`${num(grey)} g ${num(x)} ${num(y)} ${num(width)} ${num(thickness)} re f`);
    },
    content: () => operators.join('\n'),
  };
};

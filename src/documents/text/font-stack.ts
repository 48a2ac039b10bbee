import { loadFontFace } from './font-face.ts';
import type { FontFace } from './font-face.ts';

export type Weight = 'regular' | 'bold';

/** Fonts in the order they are asked for a character. */
export type FontStack = readonly [FontFace, ...FontFace[]];

const loaded = new Map<string, FontFace>();

/** Reads and parses a font when it is first needed, once a process. */
const face = (file: string): FontFace => {
  const known = loaded.get(file);
  if (known) return known;
  const fresh = loadFontFace(file);
  loaded.set(file, fresh);
  return fresh;
};

export const fontStack = (weight: Weight): FontStack => [face(`text-${weight}.ttf`), face('symbols.ttf')];

// fontkit's Indic shaping is compiled to generators that look for this global.
import 'regenerator-runtime/runtime.js';
import { readFileSync } from 'node:fs';
import fontkit from '@pdf-lib/fontkit';
import type { Font } from '@pdf-lib/fontkit';
import { ownFile } from '../../platform/own-files.ts';

const SPACE = 0x20;

/** Lengths in 1/1000 of the font size. */
export type PlacedGlyph = {
  readonly id: number;
  /** What a reader gets who copies this glyph. */
  readonly text: string;
  /** How far the pen moves. */
  readonly advance: number;
  readonly dx: number;
  readonly dy: number;
};

export type FontMetrics = {
  readonly ascent: number;
  readonly descent: number;
  readonly capHeight: number;
  readonly box: readonly [left: number, bottom: number, right: number, top: number];
};

export type FontFace = {
  readonly name: string;
  readonly bytes: Uint8Array;
  readonly metrics: FontMetrics;
  readonly has: (codePoint: number) => boolean;
  /** The glyph of one character, unshaped. */
  readonly glyphOf: (codePoint: number) => PlacedGlyph;
  /** The glyphs of characters that act on each other: marks, Devanagari syllables. */
  readonly shape: (cluster: string) => readonly PlacedGlyph[];
};

type Drawn = Omit<PlacedGlyph, 'text'>;

const NON_SPACING = /^\p{Mn}$/u;
/** Copies as nothing that is seen; for a glyph that shaping added, such as the circle under a lone mark. */
const NOTHING = '\u200b';

/**
 * Gives the glyphs of a cluster its characters, one each and in the order of the text, so that copying and searching
 * give back what was typed. Devanagari draws in another order, and one glyph may stand for several characters: those
 * left over ride on empty glyphs without width. One glyph with several characters would be simpler, but common readers
 * take it for a mark without width when a virama is among them, and see a space after it.
 */
const shareText = (cluster: string, glyphs: readonly Drawn[], emptyGlyph: number): readonly PlacedGlyph[] => {
  const characters = Array.from(cluster);
  const carry = (text: string): PlacedGlyph => ({ id: emptyGlyph, text, advance: 0, dx: 0, dy: 0 });
  let next = 0;
  const shared = glyphs.flatMap((glyph, i) => {
    const carried: PlacedGlyph[] = [];
    const fits = (character: string) => NON_SPACING.test(character) === (glyph.advance === 0);
    while (characters.length - next > glyphs.length - i && !fits(characters[next] ?? '')) {
      carried.push(carry(characters[next] ?? ''));
      next += 1;
    }
    const text = characters[next] ?? NOTHING;
    next += 1;
    return [...carried, { ...glyph, text }];
  });
  return [...shared, ...characters.slice(next).map(carry)];
};

const shapeWith = (font: Font, scale: number, cluster: string): readonly PlacedGlyph[] => {
  const { glyphs, positions } = font.layout(cluster);
  const placed = glyphs.map(({ id, advanceWidth }, i) => ({
    id,
    advance: (positions[i]?.xAdvance ?? advanceWidth) * scale,
    dx: (positions[i]?.xOffset ?? 0) * scale,
    dy: (positions[i]?.yOffset ?? 0) * scale,
  }));
  return shareText(cluster, placed, font.glyphForCodePoint(SPACE).id);
};

const glyphWith = (font: Font, scale: number, codePoint: number): PlacedGlyph => {
  const { id, advanceWidth } = font.glyphForCodePoint(codePoint);
  return { id, text: String.fromCodePoint(codePoint), advance: advanceWidth * scale, dx: 0, dy: 0 };
};

const metricsOf = (font: Font, scale: number): FontMetrics => {
  const { minX, minY, maxX, maxY } = font.bbox;
  return {
    ascent: font.ascent * scale,
    descent: font.descent * scale,
    // Fonts need not say it, whatever the type says.
    capHeight: (font.capHeight || font.ascent) * scale,
    box: [minX * scale, minY * scale, maxX * scale, maxY * scale],
  };
};

/** Parses a font of `assets/fonts`. */
export const loadFontFace = (file: string): FontFace => {
  // A Buffer's slices share its memory: changing a subset would change the font.
  const bytes = new Uint8Array(readFileSync(ownFile(`assets/fonts/${file}`)));
  const font = fontkit.create(bytes);
  const scale = 1000 / font.unitsPerEm;
  return {
    name: font.postscriptName ?? file,
    bytes,
    metrics: metricsOf(font, scale),
    has: (codePoint) => font.hasGlyphForCodePoint(codePoint),
    glyphOf: (codePoint) => glyphWith(font, scale, codePoint),
    shape: (cluster) => shapeWith(font, scale, cluster),
  };
};

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

import { type FontFace, type PlacedGlyph, fontStack, type FontStack, type Weight } from './font-face.ts';
import { printable } from './printable.ts';

/** The smallest piece a line may be broken at: one character with its marks, or one Devanagari syllable. */
export type Cluster = {
  readonly text: string;
  readonly face: FontFace;
  readonly glyphs: readonly PlacedGlyph[];
  /** In 1/1000 of the font size. */
  readonly width: number;
};

const NO_GLYPH = 0x25a1; // □
/** Syllables seen; bounded, because customers choose the text and the process lives long. */
const CACHED_CLUSTERS = 5_000;
/** Base, then marks or further consonants joined by a virama; bounded, so that a pile of marks stays a piece of text. */
const CLUSTERS =
  /[^\p{M}\u200c\u200d](?:\u094d[\u200c\u200d]?[\u0904-\u0939\u0958-\u0961\u0978-\u097f]|[\p{M}\u200c\u200d]){0,16}|[\p{M}\u200c\u200d]{1,16}/gu;

const caches: Record<Weight, Map<string, readonly Cluster[]>> = { regular: new Map(), bold: new Map() };

const clusterOf = (text: string, face: FontFace, glyphs: readonly PlacedGlyph[]): Cluster => ({
  text,
  face,
  glyphs,
  width: glyphs.reduce((sum, { advance }) => sum + advance, 0),
});

const single = (codePoint: number, fonts: FontStack): Cluster => {
  const face = fonts.find((font) => font.has(codePoint));
  if (face) return clusterOf(String.fromCodePoint(codePoint), face, [face.glyphOf(codePoint)]);
  return single(NO_GLYPH, fonts);
};

const shapeCluster = (text: string, fonts: FontStack): readonly Cluster[] => {
  const [base = NO_GLYPH, ...marks] = Array.from(text, (character) => character.codePointAt(0) ?? NO_GLYPH);
  if (marks.length === 0 || !fonts.some((font) => font.has(base))) return [single(base, fonts)];
  const face = fonts.find((font) => font.has(base) && marks.every(font.has));
  if (!face) return [base, ...marks].map((codePoint) => single(codePoint, fonts));
  return [clusterOf(text, face, face.shape(text))];
};

const shapeOnce = (text: string, weight: Weight): readonly Cluster[] => {
  const cache = caches[weight];
  const known = cache.get(text);
  if (known) return known;
  if (cache.size >= CACHED_CLUSTERS) cache.clear();
  const fresh = shapeCluster(text, fontStack(weight));
  cache.set(text, fresh);
  return fresh;
};

/** Glyphs for any text; what no font has becomes □. */
export const shape = (text: string, weight: Weight): Cluster[] =>
  (printable(text).match(CLUSTERS) ?? []).flatMap((cluster) => shapeOnce(cluster, weight));

/** Width in the unit of `size`. */
export const widthOf = (clusters: readonly Cluster[], size: number): number =>
  (clusters.reduce((sum, { width }) => sum + width, 0) * size) / 1000;

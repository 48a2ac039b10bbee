import type { PlacedGlyph } from './font-face.ts';

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
export const shareText = (cluster: string, glyphs: readonly Drawn[], emptyGlyph: number): readonly PlacedGlyph[] => {
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

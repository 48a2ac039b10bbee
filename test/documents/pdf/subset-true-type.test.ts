import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import fontkit from '@pdf-lib/fontkit';
import { subsetTrueType } from '../../../src/documents/pdf/subset-true-type.ts';
import { fontStack } from '../../../src/documents/text/font-face.ts';

const test = suite('TrueType subset');

const characters = Array.from('AÅéœşЖйΏϊ₹€क½ḕ');

for (const weight of ['regular', 'bold'] as const) {
  for (const face of fontStack(weight)) {
    test(`every glyph keeps its shape: ${face.name}`, () => {
      const known = characters.map((character) => character.codePointAt(0) ?? 0).filter(face.has);
      const glyphs = [{ id: 0, advance: 0 }, ...[...known, 0x25a0, 0x2192].filter(face.has).map(face.glyphOf)];
      const [whole, subset] = [fontkit.create(face.bytes), fontkit.create(subsetTrueType(face.bytes, glyphs))];
      assert.ok(glyphs.length > 2);
      glyphs.forEach(({ id, advance }, i) => {
        assert.is(subset.getGlyph(i).path.toSVG(), whole.getGlyph(id).path.toSVG());
        assert.is(subset.getGlyph(i).advanceWidth, Math.round((advance * whole.unitsPerEm) / 1000));
      });
    });
  }
}

test('one glyph can be there twice, with widths of its own', () => {
  const [face] = fontStack('regular');
  const { id } = face.glyphOf(0x41);
  const subset = fontkit.create(
    subsetTrueType(face.bytes, [
      { id: 0, advance: 0 },
      { id, advance: 300 },
      { id, advance: 0 },
    ]),
  );
  assert.is(subset.getGlyph(1).path.toSVG(), subset.getGlyph(2).path.toSVG());
  assert.equal(
    [1, 2].map((glyph) => subset.getGlyph(glyph).advanceWidth),
    [300, 0],
  );
});

test('making a subset leaves the font as it was', () => {
  const [face] = fontStack('regular');
  const before = Buffer.from(face.bytes);
  const accented = face.glyphOf(0x1e15);
  subsetTrueType(face.bytes, [{ id: 0, advance: 0 }, accented]);
  assert.is(Buffer.compare(before, Buffer.from(face.bytes)), 0);
});

test.run();

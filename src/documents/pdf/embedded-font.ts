import { PDFString } from 'pdf-lib';
import type { PDFContext, PDFRef } from 'pdf-lib';
import type { FontFace, PlacedGlyph } from '../text/font-face.ts';
import { subsetTrueType } from './subset-true-type.ts';

/** The glyphs of one font that one document uses. */
export type EmbeddedFont = {
  /** Name of the font in content streams. */
  readonly key: string;
  /** Code of the glyph as this document writes it, four hexadecimal digits. */
  readonly codeOf: (glyph: PlacedGlyph) => string;
  /** Adds what was used to the file; called once, when all text is written. */
  readonly embed: (context: PDFContext) => PDFRef;
};

type CodedGlyph = { readonly id: number; readonly text: string; readonly advance: number };

const SYMBOLIC = 4;
/** What a ToUnicode table may list in one block. */
const BLOCK = 100;

const hex = (value: number): string => value.toString(16).padStart(4, '0');
const utf16 = (text: string): string => Array.from({ length: text.length }, (_, i) => hex(text.charCodeAt(i))).join('');

const toUnicode = (glyphs: readonly CodedGlyph[]): string => {
  const rows = glyphs.map(({ text }, code) => `<${hex(code)}> <${utf16(text)}>`).slice(1);
  const blocks = Array.from({ length: Math.ceil(rows.length / BLOCK) }, (_, i) => {
    const block = rows.slice(i * BLOCK, (i + 1) * BLOCK);
    return `${block.length} beginbfchar\n${block.join('\n')}\nendbfchar`;
  });
  return [
    '/CIDInit /ProcSet findresource begin',
    '12 dict begin',
    'begincmap',
    '/CIDSystemInfo << /Registry (Adobe) /Ordering (UCS) /Supplement 0 >> def',
    '/CMapName /Adobe-Identity-UCS def',
    '/CMapType 2 def',
    '1 begincodespacerange\n<0000> <ffff>\nendcodespacerange',
    ...blocks,
    'endcmap',
    'CMapName currentdict /CMap defineresource pop',
    'end',
    'end',
  ].join('\n');
};

const round = (value: number): number => Math.round(value * 100) / 100;

const describe = (context: PDFContext, face: FontFace, name: string, file: PDFRef): PDFRef =>
  context.register(
    context.obj({
      Type: 'FontDescriptor',
      FontName: name,
      Flags: SYMBOLIC,
      FontBBox: face.metrics.box.map(round),
      ItalicAngle: 0,
      Ascent: round(face.metrics.ascent),
      Descent: round(face.metrics.descent),
      CapHeight: round(face.metrics.capHeight),
      StemV: 80,
      FontFile2: file,
    }),
  );

const embedGlyphs = (context: PDFContext, face: FontFace, tag: string, glyphs: readonly CodedGlyph[]): PDFRef => {
  const name = `${tag}+${face.name}`;
  const file = context.register(context.flateStream(subsetTrueType(face.bytes, glyphs)));
  const descendant = context.register(
    context.obj({
      Type: 'Font',
      Subtype: 'CIDFontType2',
      BaseFont: name,
      CIDToGIDMap: 'Identity',
      CIDSystemInfo: { Registry: PDFString.of('Adobe'), Ordering: PDFString.of('Identity'), Supplement: 0 },
      FontDescriptor: describe(context, face, name, file),
      W: [0, glyphs.map(({ advance }) => round(advance))],
    }),
  );
  return context.register(
    context.obj({
      Type: 'Font',
      Subtype: 'Type0',
      BaseFont: name,
      Encoding: 'Identity-H',
      DescendantFonts: [descendant],
      ToUnicode: context.register(context.flateStream(toUnicode(glyphs))),
    }),
  );
};

/** `index` tells the fonts of one document apart, at most 26. */
export const createEmbeddedFont = (face: FontFace, index: number): EmbeddedFont => {
  const glyphs: CodedGlyph[] = [{ id: 0, text: '', advance: 0 }];
  const codes = new Map<string, string>();
  return {
    key: `F${index}`,
    // The same glyph for another text gets another code, so that each copies as what it stands for.
    codeOf: ({ id, text, advance }) => {
      const use = `${id} ${advance} ${text}`;
      const known = codes.get(use);
      if (known) return known;
      const code = hex(glyphs.push({ id, text, advance }) - 1);
      codes.set(use, code);
      return code;
    },
    embed: (context) => embedGlyphs(context, face, `WAYBL${String.fromCharCode(65 + index)}`, glyphs),
  };
};

/**
 * A TrueType font with a few glyphs of another, in a given order. fontkit's own subset cannot hold a glyph twice
 * (which text extraction of Devanagari needs) and takes longer than the rest of a document.
 */
export type SubsetGlyph = {
  readonly id: number;
  /** In 1/1000 of the font size; need not be the font's own. */
  readonly advance: number;
};

type Table = { readonly tag: string; readonly bytes: Uint8Array };

const COPIED = ['head', 'hhea', 'maxp'];
const COMPONENT = { words: 0x0001, scale: 0x0008, more: 0x0020, scaleXY: 0x0040, matrix: 0x0080 };

const viewOf = (bytes: Uint8Array): DataView => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
const padded = (length: number): number => (length + 3) & ~3;

const readTables = (font: Uint8Array): ReadonlyMap<string, Uint8Array> => {
  const view = viewOf(font);
  const entries = Array.from({ length: view.getUint16(4) }, (_, i) => {
    const at = 12 + i * 16;
    const start = view.getUint32(at + 8);
    const tag = String.fromCharCode(...font.subarray(at, at + 4));
    return [tag, font.subarray(start, start + view.getUint32(at + 12))] as const;
  });
  return new Map(entries);
};

const tableOf = (tables: ReadonlyMap<string, Uint8Array>, tag: string): Uint8Array => {
  const table = tables.get(tag);
  if (!table) throw new Error(`The font has no ${tag} table; make assets/fonts anew with scripts/subset-fonts.ts.`);
  return table;
};

const outlineReader = (tables: ReadonlyMap<string, Uint8Array>): ((glyph: number) => Uint8Array) => {
  const loca = viewOf(tableOf(tables, 'loca'));
  const glyf = tableOf(tables, 'glyf');
  const isLong = viewOf(tableOf(tables, 'head')).getInt16(50) === 1;
  const offset = (glyph: number) => (isLong ? loca.getUint32(glyph * 4) : loca.getUint16(glyph * 2) * 2);
  return (glyph) => glyf.slice(offset(glyph), offset(glyph + 1));
};

const componentLength = (flags: number): number =>
  4 +
  (flags & COMPONENT.words ? 4 : 2) +
  (flags & COMPONENT.scale ? 2 : flags & COMPONENT.scaleXY ? 4 : flags & COMPONENT.matrix ? 8 : 0);

/** Points the parts of a composite outline to their new numbers. */
const renumberComponents = (outline: Uint8Array, numberOf: (glyph: number) => number): void => {
  const view = viewOf(outline);
  if (outline.length === 0 || view.getInt16(0) >= 0) return;
  for (let at = 10, flags: number = COMPONENT.more; flags & COMPONENT.more; at += componentLength(flags)) {
    flags = view.getUint16(at);
    view.setUint16(at + 2, numberOf(view.getUint16(at + 2)));
  }
};

/** The outlines asked for, followed by those that composites are made of. */
const collectOutlines = (tables: ReadonlyMap<string, Uint8Array>, wanted: readonly SubsetGlyph[]) => {
  const readOutline = outlineReader(tables);
  const glyphs = [...wanted];
  const numberOf = (glyph: number): number => {
    const known = glyphs.findIndex(({ id }) => id === glyph);
    return known >= 0 ? known : glyphs.push({ id: glyph, advance: 0 }) - 1;
  };
  const outlines: Uint8Array[] = [];
  for (let i = 0; i < glyphs.length; i += 1) {
    const outline = readOutline(glyphs[i]?.id ?? 0);
    renumberComponents(outline, numberOf);
    outlines.push(outline);
  }
  return { glyphs, outlines };
};

const glyphTables = (outlines: readonly Uint8Array[]): Table[] => {
  const loca = new DataView(new ArrayBuffer((outlines.length + 1) * 4));
  const glyf = new Uint8Array(outlines.reduce((sum, { length }) => sum + padded(length), 0));
  let end = 0;
  outlines.forEach((outline, i) => {
    glyf.set(outline, end);
    end += padded(outline.length);
    loca.setUint32((i + 1) * 4, end);
  });
  return [
    { tag: 'glyf', bytes: glyf },
    { tag: 'loca', bytes: new Uint8Array(loca.buffer) },
  ];
};

const metricsTable = (tables: ReadonlyMap<string, Uint8Array>, glyphs: readonly SubsetGlyph[]): Table => {
  const source = viewOf(tableOf(tables, 'hmtx'));
  const unitsPerEm = viewOf(tableOf(tables, 'head')).getUint16(18);
  const last = viewOf(tableOf(tables, 'hhea')).getUint16(34) - 1;
  const bearing = (id: number) => source.getInt16(id <= last ? id * 4 + 2 : (last + 1) * 4 + (id - last - 1) * 2);
  const view = new DataView(new ArrayBuffer(glyphs.length * 4));
  glyphs.forEach(({ id, advance }, i) => {
    view.setUint16(i * 4, Math.max(0, Math.round((advance * unitsPerEm) / 1000)));
    view.setInt16(i * 4 + 2, bearing(id));
  });
  return { tag: 'hmtx', bytes: new Uint8Array(view.buffer) };
};

const headerTables = (tables: ReadonlyMap<string, Uint8Array>, count: number): Table[] =>
  COPIED.map((tag) => {
    const bytes = tableOf(tables, tag).slice();
    const view = viewOf(bytes);
    if (tag === 'head') view.setInt16(50, 1);
    if (tag === 'hhea') view.setUint16(34, count);
    if (tag === 'maxp') view.setUint16(4, count);
    return { tag, bytes };
  });

/** Sum of the table's 32-bit words; what pads its end is zero. */
const checksum = (view: DataView, start: number, length: number): number => {
  let sum = 0;
  for (let at = start; at < start + length; at += 4) sum = (sum + view.getUint32(at)) >>> 0;
  return sum;
};

const writeTables = (unordered: readonly Table[]): Uint8Array => {
  const tables = unordered.toSorted((a, b) => (a.tag < b.tag ? -1 : 1));
  const font = new Uint8Array(tables.reduce((sum, { bytes }) => sum + 16 + padded(bytes.length), 12));
  const view = viewOf(font);
  const power = Math.floor(Math.log2(tables.length));
  [0x0001, 0, tables.length, 16 * 2 ** power, power, 16 * (tables.length - 2 ** power)].forEach((value, i) => {
    view.setUint16(i * 2, value);
  });
  let start = 12 + tables.length * 16;
  tables.forEach(({ tag, bytes }, i) => {
    const at = 12 + i * 16;
    font.set(
      Array.from(tag, (letter) => letter.charCodeAt(0)),
      at,
    );
    view.setUint32(at + 8, start);
    view.setUint32(at + 12, bytes.length);
    font.set(bytes, start);
    view.setUint32(at + 4, checksum(view, start, bytes.length));
    start += padded(bytes.length);
  });
  return font;
};

/** New glyph `i` is `glyphs[i]` of the font; the first must be 0, the glyph for what is missing. */
export const subsetTrueType = (font: Uint8Array, wanted: readonly SubsetGlyph[]): Uint8Array => {
  const tables = readTables(font);
  const { glyphs, outlines } = collectOutlines(tables, wanted);
  return writeTables([...headerTables(tables, glyphs.length), ...glyphTables(outlines), metricsTable(tables, glyphs)]);
};

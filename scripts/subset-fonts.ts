/**
 * Makes the fonts in `assets/fonts` from the font packages: only the scripts that documents print, no hinting, and of
 * the OpenType features only those that shaping needs. Run after changing a range: `npx tsx scripts/subset-fonts.ts`.
 */
import { copyFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import subsetFont from 'subset-font';

type Range = readonly [from: number, to: number];
type FontSource = { readonly file: string; readonly package: string; readonly path: string; readonly ranges: Range[] };

const require = createRequire(import.meta.url);
const folder = join(import.meta.dirname, '..', 'assets', 'fonts');

const TEXT: Range[] = [
  [0x0020, 0x024f], // Latin
  [0x02b0, 0x036f], // modifier letters, combining marks
  [0x0370, 0x03ff], // Greek
  [0x0400, 0x052f], // Cyrillic
  [0x0900, 0x097f], // Devanagari
  [0x1e00, 0x1fff], // Latin and Greek with several marks: Vietnamese, polytonic
  [0x200c, 0x200d],
  [0x2010, 0x2044], // punctuation
  [0x2070, 0x209c],
  [0x20a0, 0x20c0], // currency signs
  [0x2100, 0x218b], // № ™ ℓ ½
  [0x2212, 0x2212],
  [0x25cc, 0x25cc], // the base that a lone mark is shown on
];

const SYMBOLS: Range[] = [
  [0x0531, 0x058a], // Armenian
  [0x10a0, 0x10ff], // Georgian
  [0x2190, 0x22ff], // arrows, mathematics
  [0x25a0, 0x26ff], // □ and its kind, ☎ ★ ♥
  [0x2700, 0x27bf],
];

const sources: FontSource[] = [
  {
    file: 'text-regular.ttf',
    package: '@expo-google-fonts/noto-sans',
    path: '400Regular/NotoSans_400Regular.ttf',
    ranges: TEXT,
  },
  {
    file: 'text-bold.ttf',
    package: '@expo-google-fonts/noto-sans',
    path: '600SemiBold/NotoSans_600SemiBold.ttf',
    ranges: TEXT,
  },
  { file: 'symbols.ttf', package: 'dejavu-fonts-ttf', path: 'ttf/DejaVuSans.ttf', ranges: SYMBOLS },
];

const licences = [
  { file: 'LICENSE-text.txt', package: '@expo-google-fonts/noto-sans', path: 'LICENSE_FONT' },
  { file: 'LICENSE-symbols.txt', package: 'dejavu-fonts-ttf', path: 'LICENSE' },
];

const SHAPING =
  'ccmp locl mark mkmk nukt akhn rphf rkrf pref blwf half abvf pstf vatu cjct init pres abvs blws psts haln dist abvm blwm calt';

const inPackage = (name: string, path: string) => join(dirname(require.resolve(`${name}/package.json`)), path);

const charactersOf = (ranges: readonly Range[]) =>
  ranges
    .flatMap(([from, to]) => Array.from({ length: to - from + 1 }, (_, i) => String.fromCodePoint(from + i)))
    .join('');

await mkdir(folder, { recursive: true });
for (const source of sources) {
  const whole = await readFile(inPackage(source.package, source.path));
  const subset = await subsetFont(whole, charactersOf(source.ranges), {
    targetFormat: 'truetype',
    keepFeatures: SHAPING.split(' '),
    noHinting: true,
    dropTables: ['STAT', 'gasp', 'prep', 'fpgm', 'cvt '],
  });
  await writeFile(join(folder, source.file), subset);
  console.log(`${source.file}: ${whole.length} -> ${subset.length} bytes`);
}
for (const licence of licences) {
  await copyFile(inPackage(licence.package, licence.path), join(folder, licence.file));
}

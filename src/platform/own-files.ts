/** Where Waybill's own files are, whether it runs from its sources or from the bundle in `dist`. */
import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The nearest folder above that holds `package.json`. */
const packageAbove = (place: URL): URL => {
  const folder = new URL('..', place);
  if (existsSync(new URL('package.json', place))) return place;
  if (folder.href === place.href) throw new Error('package.json is missing: install Waybill anew');
  return packageAbove(folder);
};

const packageFolder = packageAbove(new URL('.', import.meta.url));

/** A file or folder of the package, such as `assets/fonts/x.ttf`. */
export const ownFile = (path: string): URL => new URL(path, packageFolder);

/** `src` or `dist`: where the running code is. */
const codeFolder = ownFile(`${import.meta.url.slice(packageFolder.href.length).split('/', 1)[0] ?? ''}/`);

/** A program of Waybill for `fork`, such as `main`: TypeScript where this is TypeScript. */
export const ownProgram = (name: string): string =>
  fileURLToPath(new URL(`${name}${extname(import.meta.url)}`, codeFolder));

/** Files that change with any change of the code: all of them, or of a bundle the one that names the others by their content. */
export const ownCode = async (): Promise<readonly URL[]> => {
  if (codeFolder.href === ownFile('dist/').href) return [new URL('main.js', codeFolder)];
  const names = await readdir(codeFolder, { recursive: true });
  return names
    .filter((name) => /(?<!\.d)\.[jt]s$/.test(name))
    .toSorted()
    .map((name) => new URL(name, codeFolder));
};

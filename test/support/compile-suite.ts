import { existsSync } from 'node:fs';
import { chmod, readdir, readFile, symlink } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build, type Plugin } from 'esbuild';
import { OUTSIDE, REQUIRE } from '../../scripts/bundle.ts';
import { temporaryFolder, type TemporaryFolder } from './temporary.ts';

/** Folders of the repository that hold TypeScript. */
const SOURCES = ['src', 'test', 'bench', 'scripts'];

/** Tests read and start files of the repository, so there `import.meta.url` stays what it is in the source. */
const sourceUrl = (path: string): string => JSON.stringify(pathToFileURL(path).href);

const fileForFile = (root: string): Plugin => ({
  name: 'file for file',
  setup: (compiler) => {
    compiler.onResolve({ filter: /^\.{1,2}\// }, ({ path, kind }) =>
      kind === 'entry-point' ? undefined : { path: path.replace(/\.ts$/, '.js'), external: true },
    );
    // Sources find what they need beside them, as they do in `dist`.
    compiler.onLoad({ filter: /\.ts$/ }, async ({ path }) => {
      const text = await readFile(path, 'utf8');
      if (relative(root, path).startsWith('src')) return { contents: text, loader: 'ts' };
      return { contents: text.replaceAll('import.meta.url', sourceUrl(path)), loader: 'ts' };
    });
  },
});

/** What a test imports becomes one file or a few: to find and read 500 files costs each test process a third of a second. */
const withImports = (root: string, folder: string): Plugin => ({
  name: 'tests with all that they import',
  setup: (compiler) => {
    // What is missing fails the one test that asks for it, when it runs.
    compiler.onResolve({ filter: /^\.{1,2}\/.*\.ts$/ }, ({ path, resolveDir }) =>
      existsSync(join(resolveDir, path)) ? undefined : { path, external: true },
    );
    // Bundled sources find what they need where they stand file for file.
    compiler.onLoad({ filter: /\.ts$/ }, async ({ path }) => {
      const text = await readFile(path, 'utf8');
      const place = relative(root, path);
      const url = sourceUrl(place.startsWith('src') ? join(folder, place.replace(/ts$/, 'js')) : path);
      return { contents: text.replaceAll('import.meta.url', url), loader: 'ts' };
    });
  },
});

/** Packages that only tests and tools use: few tests load each. */
const toolsOf = async (root: string): Promise<readonly string[]> => {
  const text = await readFile(join(root, 'package.json'), 'utf8').catch(() => '{}');
  const { devDependencies = {} } = JSON.parse(text) as { readonly devDependencies?: Readonly<Record<string, string>> };
  return Object.keys(devDependencies);
};

const typeScriptIn = async (root: string, name: string): Promise<readonly string[]> =>
  (await readdir(join(root, name), { recursive: true }))
    .filter((file) => file.endsWith('.ts'))
    .map((file) => join(root, name, file));

/**
 * Compiles the repository at `root` into a folder, file for file, and links all else into it; each of `tests` is bundled
 * with what it imports. A test process then loads JavaScript: the loader of `tsx` costs each process up to a second of
 * processor time. Types are `npm run check`'s business.
 * @throws when a file is not TypeScript; says where
 */
export const compileSuite = async (root: string, tests: readonly string[] = []): Promise<TemporaryFolder> => {
  const folder = await temporaryFolder();
  await chmod(folder.path, 0o755); // a test runs a program in it as another user
  const entries = await readdir(root);
  const sources = SOURCES.filter((name) => entries.includes(name));
  for (const name of entries.filter((each) => !SOURCES.includes(each) && !each.startsWith('.')))
    await symlink(join(root, name), join(folder.path, name));
  const bundled = new Set(tests.map((file) => join(root, file)));
  const files = (await Promise.all(sources.map((name) => typeScriptIn(root, name)))).flat();
  const options = {
    absWorkingDir: root,
    outbase: root,
    outdir: folder.path,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'es2023',
    supported: { 'import-attributes': true },
    sourcemap: 'linked',
    sourcesContent: false,
    logLevel: 'silent',
  } as const;
  const others = files.filter((file) => !bundled.has(file));
  await build({ ...options, packages: 'external', entryPoints: others, plugins: [fileForFile(root)] });
  const plugins = [withImports(root, folder.path)];
  await build({
    ...options,
    entryPoints: [...bundled],
    splitting: true,
    chunkNames: 'chunks/[hash]',
    external: [...OUTSIDE, ...(await toolsOf(root))],
    banner: { js: REQUIRE },
    plugins,
  });
  return folder;
};

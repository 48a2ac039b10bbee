import { chmod, readdir, readFile, symlink } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build, type Plugin } from 'esbuild';
import { temporaryFolder, type TemporaryFolder } from './temporary.ts';

/** Folders of the repository that hold TypeScript. */
const SOURCES = ['src', 'test', 'bench', 'scripts'];

const fileForFile = (root: string): Plugin => ({
  name: 'file for file',
  setup: (compiler) => {
    compiler.onResolve({ filter: /^\.{1,2}\// }, ({ path, kind }) =>
      kind === 'entry-point' ? undefined : { path: path.replace(/\.ts$/, '.js'), external: true },
    );
    // Sources find what they need beside them, as they do in `dist`; tests read and start files of the repository.
    compiler.onLoad({ filter: /\.ts$/ }, async ({ path }) => {
      const text = await readFile(path, 'utf8');
      if (relative(root, path).startsWith('src')) return { contents: text, loader: 'ts' };
      return { contents: text.replaceAll('import.meta.url', JSON.stringify(pathToFileURL(path).href)), loader: 'ts' };
    });
  },
});

const typeScriptIn = async (root: string, name: string): Promise<readonly string[]> =>
  (await readdir(join(root, name), { recursive: true }))
    .filter((file) => file.endsWith('.ts'))
    .map((file) => join(root, name, file));

/**
 * Compiles the repository at `root` into a folder, file for file, and links all else into it. A test process then loads
 * JavaScript: the loader of `tsx` costs each process up to a second of processor time. Types are `npm run check`'s business.
 * @throws when a file is not TypeScript; says where
 */
export const compileSuite = async (root: string): Promise<TemporaryFolder> => {
  const folder = await temporaryFolder();
  await chmod(folder.path, 0o755); // a test runs a program in it as another user
  const entries = await readdir(root);
  const sources = SOURCES.filter((name) => entries.includes(name));
  for (const name of entries.filter((each) => !SOURCES.includes(each) && !each.startsWith('.')))
    await symlink(join(root, name), join(folder.path, name));
  await build({
    entryPoints: (await Promise.all(sources.map((name) => typeScriptIn(root, name)))).flat(),
    absWorkingDir: root,
    outbase: root,
    outdir: folder.path,
    bundle: true,
    packages: 'external',
    platform: 'node',
    format: 'esm',
    target: 'es2023',
    supported: { 'import-attributes': true },
    sourcemap: 'linked',
    sourcesContent: false,
    logLevel: 'silent',
    plugins: [fileForFile(root)],
  });
  return folder;
};

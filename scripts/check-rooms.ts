/**
 * `npm run check:rooms`: folders that lie side by side in `src` import each other in one direction only, and so do a
 * folder and the files beside it. Such a circle hides from the rule against circles of files: no file takes part twice.
 * Run in the repository's root.
 */
import { readdir, readFile } from 'node:fs/promises';
import { dirname, join, posix } from 'node:path';

const SOURCES = 'src';

/** Folders that count as rooms beside the one they lie in: how processes are declared, which knows none of them. */
const ROOMS_OF_THEIR_OWN = ['src/processes/engine'];

const IMPORT = /\b(?:from|import)\s*\(?\s*'(\.{1,2}\/[^']+)'/g;

/** Each file → the files that it imports. */
const readImports = async (): Promise<ReadonlyMap<string, ReadonlySet<string>>> => {
  const imports = new Map<string, Set<string>>();
  const files = (await readdir(SOURCES, { recursive: true })).filter((file) => file.endsWith('.ts'));
  for (const file of files.map((name) => join(SOURCES, name))) {
    const paths = [...(await readFile(file, 'utf8')).matchAll(IMPORT)].map(([, path = '']) => path);
    imports.set(file, new Set(paths.map((path) => posix.join(dirname(file), path))));
  }
  return imports;
};

/** What lies directly in `parent` and is the path or holds it: a file or a folder. */
const childOf = (parent: string, path: string): string | undefined =>
  ROOMS_OF_THEIR_OWN.find((room) => parent === SOURCES && path.startsWith(room)) ??
  (path.startsWith(`${parent}/`) ? `${parent}/${path.slice(parent.length + 1).split('/')[0] ?? ''}` : undefined);

/** Which folders and files in `parent` import which others. */
const siblingsOf = (parent: string, imports: ReadonlyMap<string, ReadonlySet<string>>) => {
  const graph = new Map<string, Set<string>>();
  for (const [file, targets] of imports)
    for (const target of targets) {
      const [from, to] = [childOf(parent, file), childOf(parent, target)];
      if (from !== undefined && to !== undefined && from !== to)
        graph.set(from, (graph.get(from) ?? new Set()).add(to));
    }
  return graph;
};

/** A way from a folder back to itself. */
const circleFrom = (start: string, graph: ReadonlyMap<string, ReadonlySet<string>>): readonly string[] | undefined => {
  const ways: (readonly string[])[] = [[start]];
  const seen = new Set<string>();
  for (const way of ways)
    for (const next of graph.get(way.at(-1) ?? start) ?? []) {
      if (next === start) return [...way, start];
      if (!seen.has(next)) ways.push([...way, next]);
      seen.add(next);
    }
  return undefined;
};

const imports = await readImports();
const folders = new Set([...imports.keys()].map((file) => dirname(file)));
const parents = new Set([...folders].flatMap((folder) => [folder, dirname(folder)]));
const circles = [...parents].sort().flatMap((parent) => {
  const graph = siblingsOf(parent, imports);
  const inside = [...graph.keys()].filter((child) => !child.endsWith('.ts'));
  const found = inside.sort().flatMap((folder) => {
    const way = circleFrom(folder, graph);
    return way === undefined ? [] : [[[...new Set(way)].sort().join(), way.join(' → ')] as const];
  });
  return [...new Map(found.toReversed()).values()].toReversed();
});

if (circles.length > 0) {
  console.error(`Folders that import each other; move what both need to one of them:\n${circles.join('\n')}`);
  process.exitCode = 1;
}

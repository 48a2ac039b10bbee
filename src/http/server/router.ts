import Router from '@koa/router';
import type { RouteSpec } from './spec.ts';

export const BASE_PATH = '/api/v1';

export const fullPath = ({ path, outside }: Pick<RouteSpec, 'path' | 'outside'>): string =>
  outside === true ? path : BASE_PATH + path;

export type Mounted<T> = { readonly methods: readonly string[]; readonly path: string; readonly target: T };

export type Found<T> =
  | { readonly target: T; readonly params: Readonly<Record<string, string>> }
  | { readonly allow: readonly string[] }
  | undefined;

/** Names of parameters do not tell addresses apart. */
const shapeOf = (path: string): string => path.replace(/:\w+/g, ':');

/** Depth, and the first part that may be fixed below the base path: addresses that differ in these are never the same. */
const bucketOf = (path: string): string => {
  const parts = path.split('/');
  return `${parts.length} ${parts[3] ?? ''}`;
};

/** A rule of a proxy for one spelling of an address must hold for every spelling that is served. */
const EXACTLY = { sensitive: true, strict: true };

/** One router for each bucket: matching tries one route after the other, and there are many. */
const createBuckets = () => {
  const buckets = new Map<string, Router>();
  return {
    add: (path: string): Router => {
      const bucket = bucketOf(path);
      if (bucket.includes(':')) throw new Error(`${path}: the first part below the base path must be fixed`);
      const router = buckets.get(bucket) ?? new Router(EXACTLY);
      buckets.set(bucket, router);
      return router;
    },
    find: (path: string): Router | undefined => buckets.get(bucketOf(path)),
  };
};

/**
 * Finds what serves an address. The router's matching alone is used: its middleware chain would cost every request a
 * few closures. Where two addresses match, the one that is named first wins, so fixed ones come before parameters.
 */
export const createRouter = <T>(mounted: readonly Mounted<T>[]) => {
  const buckets = createBuckets();
  const targets = new Map<unknown, T>();
  const taken = new Set<string>();
  const fixedFirst = mounted.toSorted((a, b) => Number(a.path.includes('/:')) - Number(b.path.includes('/:')));
  for (const { methods, path, target } of fixedFirst) {
    for (const method of methods) {
      const address = `${method} ${shapeOf(path)}`;
      if (taken.has(address)) throw new Error(`two routes serve ${address}`);
      taken.add(address);
    }
    const router = buckets.add(path);
    router.register(path, [...methods], () => undefined);
    targets.set(router.stack.at(-1), target);
  }

  const allowed = (layers: readonly { readonly methods: readonly string[] }[]): readonly string[] =>
    [...new Set([...layers.flatMap(({ methods }) => methods), 'OPTIONS'])].sort();

  return {
    /** Every address, for tests that walk them all. */
    addresses: fixedFirst.flatMap(({ methods, path }) => methods.map((method) => ({ method, path }))),
    find: (method: string, path: string): Found<T> => {
      const router = buckets.find(path);
      if (router === undefined) return undefined;
      const { path: matching, pathAndMethod } = router.match(path, method);
      const layer = pathAndMethod[0];
      const target = targets.get(layer);
      if (layer !== undefined && target !== undefined)
        return { target, params: layer.params(path, layer.captures(path)) };
      return matching.length === 0 ? undefined : { allow: allowed(matching) };
    },
  };
};

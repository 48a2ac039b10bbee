import type { Snapshot, Snapshots } from '../../src/event-store/snapshots.ts';

/** Snapshots for unit tests. States go through JSON, as in a table. `found`: how many readers began from one. */
export const memorySnapshots = (): Snapshots & { readonly found: () => number; readonly drop: () => void } => {
  const kept = new Map<string, { readonly snapshot: Snapshot; readonly state: string }>();
  let found = 0;
  return {
    find: (fold, stream) => {
      const one = kept.get(`${fold}/${stream}`);
      if (one === undefined) return Promise.resolve(undefined);
      found += 1;
      return Promise.resolve({ ...one.snapshot, state: JSON.parse(one.state) as Snapshot['state'] });
    },
    save: (fold, stream, snapshot) => {
      const before = kept.get(`${fold}/${stream}`)?.snapshot.revision ?? -1n;
      if (snapshot.revision > before)
        kept.set(`${fold}/${stream}`, { snapshot, state: JSON.stringify(snapshot.state) });
      return Promise.resolve();
    },
    found: () => found,
    drop: () => kept.clear(),
  };
};

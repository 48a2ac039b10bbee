import { randomBytes, randomUUID } from 'node:crypto';
import type { DataKey, DataKeys } from '../../src/platform/data-keys.ts';

/** Data keys for unit tests, with `destroy` as an erasure does it. */
export const memoryDataKeys = (): DataKeys & { readonly destroy: (subject: string) => void } => {
  const search = randomBytes(32);
  const live = new Map<string, DataKey>();
  const forSubject = (subject: string): Promise<DataKey> => {
    const key = live.get(subject) ?? { id: randomUUID(), key: randomBytes(32) };
    live.set(subject, key);
    return Promise.resolve(key);
  };
  return {
    forSubject,
    findLive: (subject) => Promise.resolve(live.get(subject)),
    forSearch: () => Promise.resolve(search),
    replaceLostSearchKey: () => Promise.resolve(false),
    forBooks: (customer, year) => forSubject(`books-${customer}-${year}`),
    byId: (ids) =>
      Promise.resolve(new Map([...live.values()].filter(({ id }) => ids.includes(id)).map((k) => [k.id, k]))),
    forget: () => undefined,
    destroy: (subject) => void live.delete(subject),
  };
};

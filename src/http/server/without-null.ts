/** A body in which null says the same as leaving a field out. */
export const withoutNull = <T extends object>(body: T): { [K in keyof T]: Exclude<T[K], null> | undefined } =>
  Object.fromEntries(Object.entries(body).filter(([, value]) => value !== null)) as {
    [K in keyof T]: Exclude<T[K], null> | undefined;
  };

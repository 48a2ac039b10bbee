/** The origin of an epoch is the origin of the first epoch and, from the second on, its number: `shop.example/log/2`. */
export const originOf = (base: string, epoch: number): string => (epoch === 1 ? base : `${base}/${epoch}`);

export const baseOf = (origin: string, epoch: number): string =>
  epoch === 1 ? origin : origin.slice(0, -`/${epoch}`.length);

/** The epoch that an origin names; undefined: it is of another log. */
export const epochOf = (origin: string, base: string): number | undefined => {
  if (origin === base) return 1;
  const [, digits] = /^\/([1-9]\d{0,5})$/.exec(origin.startsWith(base) ? origin.slice(base.length) : '') ?? [];
  return digits === undefined ? undefined : Number(digits);
};

/** Whether an origin is of an epoch before the one that this origin began. */
export const isEarlierOrigin = (origin: string, begun: string): boolean => {
  const [, base = '', digits] = /^(.+)\/([1-9]\d{0,5})$/.exec(begun) ?? [];
  const epoch = epochOf(origin, base);
  return epoch !== undefined && epoch < Number(digits);
};

/** Free text that came with a change. */
export type MetaData = { readonly [property: string]: unknown };
export type Remarks = { readonly reason?: string; readonly notes?: string; readonly meta_data?: MetaData };

/** The same as a command carries it. */
export type GivenRemarks = {
  readonly reason?: string | undefined;
  readonly notes?: string | undefined;
  readonly meta_data?: MetaData | undefined;
};

/** An event's `personal`, if any text was given. */
export const remarksOf = ({ reason, notes, meta_data }: GivenRemarks): { readonly personal?: Remarks } => {
  const personal = {
    ...(reason !== undefined && { reason }),
    ...(notes !== undefined && { notes }),
    ...(meta_data !== undefined && { meta_data }),
  };
  return Object.keys(personal).length === 0 ? {} : { personal };
};

/** A part of an export. */
export type Chunk = {
  readonly text: string;
  /** How many rows are in it. */
  readonly rows: number;
  /** Where the next part begins; JSON. */
  readonly place: unknown;
};

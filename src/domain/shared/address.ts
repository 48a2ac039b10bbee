/** Structured, or one free string. Known properties of the structured form are listed in `http/schemas`. */
export type Address = string | { readonly [property: string]: unknown };

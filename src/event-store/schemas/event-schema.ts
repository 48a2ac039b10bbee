import type { Static, TSchema } from '@sinclair/typebox';

/**
 * The shape of every event's data, checked on write and on read. Shapes are for ever: add an optional field, or raise
 * the version and give `upcast` the step from the one before, with a stored fixture of the old shape in its test.
 */
export type EventSchema = {
  readonly version: number;
  readonly data: TSchema;
  /** From version n (the key) to n + 1. */
  readonly upcast?: { readonly [version: number]: (data: Record<string, unknown>) => Record<string, unknown> };
};

/**
 * A type with every optional field made required and marked as optional, at every level: two types are the same when
 * these are assignable to each other. Plain types are not enough: one with an optional field fewer is assignable too.
 */
type Marked<T> = unknown extends T
  ? unknown
  : T extends readonly (infer Item)[]
    ? readonly Marked<Item>[]
    : T extends object
      ? { readonly [K in keyof T]-?: { readonly optional: IsOptional<T, K>; readonly value: Marked<T[K]> } }
      : T;

type IsOptional<T, K extends keyof T> = Partial<Pick<T, K>> extends Pick<T, K> ? true : false;

type IsSame<A, B> = [Marked<A>, Marked<B>] extends [Marked<B>, Marked<A>] ? true : false;

type FieldOf<T, K> = K extends keyof T ? Pick<T, K> : never;

type DifferingFields<A, B> = {
  readonly [K in keyof A | keyof B]: IsSame<FieldOf<A, K>, FieldOf<B, K>> extends true ? never : K;
}[keyof A | keyof B];

/** The compiler prints this at a schema that does not describe its event. */
type Mismatch<Fields> = { readonly fields_that_differ_from_the_event: Fields };

type AnyEvent = { readonly type: string; readonly data: object };

type DataOf<E extends AnyEvent, T> = Extract<E, { readonly type: T }>['data'];

/** Also over the types that have no schema yet: then the compiler names these, and not every schema that there is. */
type Describing<E extends AnyEvent, S extends Readonly<Record<string, EventSchema>>> = {
  readonly [T in keyof S | E['type']]: T extends keyof S & E['type']
    ? IsSame<Static<S[T]['data']>, DataOf<E, T>> extends true
      ? S[T]
      : Mismatch<DifferingFields<Static<S[T]['data']>, DataOf<E, T>>>
    : never;
};

/**
 * Declares the schemas of an aggregate's events. It compiles when there is one for each type of event and each is
 * exactly the event's type. A field that a schema forgets, an optional one too, would make the store reject the append.
 */
export const schemasOf =
  <E extends AnyEvent>() =>
  <const S extends Readonly<Record<string, EventSchema>>>(schemas: S & Describing<E, S>): S =>
    schemas;

import { Type, type TSchema } from '@sinclair/typebox';

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

export const strict = { additionalProperties: false };
export const nullable = <T extends TSchema>(schema: T) => Type.Union([schema, Type.Null()]);
export const text = Type.String();
export const uuid = Type.String({ pattern: '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$' });
export const instant = Type.String({ pattern: '^\\d{4}-\\d{2}-\\d{2}T\\d{2}:\\d{2}:\\d{2}\\.\\d{3}Z$' });
export const minor = Type.Integer({ minimum: 0, maximum: 1e15 });
/** Of a line: 1 to a million. */
export const quantity = Type.Integer({ minimum: 1, maximum: 1_000_000 });
export const decimal = Type.String({ pattern: '^\\d+(\\.\\d+)?$' });
export const revision = Type.String({ pattern: '^(-1|\\d+)$' });
export const metaData = Type.Record(Type.String(), Type.Unknown());
export const address = Type.Union([Type.String(), metaData]);

const erased = Type.Object({ erased: Type.Literal(true) }, strict);
export const personal = <T extends TSchema>(schema: T) => Type.Union([schema, erased]);

export const optionalRemarks = {
  reason: Type.Optional(text),
  notes: Type.Optional(text),
  meta_data: Type.Optional(metaData),
};
const remarks = Type.Object(optionalRemarks, strict);
export const transition = <P extends Record<string, TSchema>>(properties: P) =>
  Type.Object({ ...properties, personal: Type.Optional(personal(remarks)) }, strict);

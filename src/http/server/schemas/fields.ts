import { Type, type Static, type TObject, type TSchema, type TUnsafe } from '@sinclair/typebox';
import type { Instant } from '../../../domain/shared/decider.ts';
import { isCurrency } from '../../../domain/shared/currency.ts';
import type { Minor } from '../../../domain/shared/money.ts';
import { toInstant } from '../validation/keywords.ts';
import { isEmail } from '../../../domain/shared/email-address.ts';

type Notes = {
  readonly description?: string;
  readonly example?: unknown;
  /** What the handler demands beyond the schema, for the documentation. */
  readonly rule?: string;
};

/** An object that names every property it takes. */
export const strictObject = <P extends Record<string, TSchema>>(properties: P, more: Record<string, unknown> = {}) =>
  Type.Object(properties, { additionalProperties: false, ...more });

/** May be left out, or sent as null, which says the same. */
export const optionalNullable = <T extends TSchema>(schema: T) =>
  Type.Optional(Type.Unsafe<Static<T> | null>({ ...schema, type: ([] as unknown[]).concat(schema['type'], 'null') }));

export type TextSize = Notes & { readonly min?: number; readonly max: number };

export const text = ({ min = 0, max, ...notes }: TextSize) =>
  Type.String({ ...(min > 0 && { minLength: min }), maxLength: max, ...notes });

/** A text that need not be given: an empty one, or one of spaces, is taken for null. */
export const optionalText = (size: Omit<TextSize, 'min'>) => optionalNullable({ ...text(size), emptyAsNull: true });

export const integer = (minimum: number, maximum: number, notes: Notes = {}) =>
  Type.Integer({ minimum, maximum, ...notes });

/** Major units on the wire, as number or decimal string; minor units inside. */
export const amount = ({ positive, ...notes }: Notes & { readonly positive: boolean }): TUnsafe<Minor> =>
  Type.Unsafe<Minor>({ amount: { positive }, ...notes });

/** An amount above 0 to give, below 0 to take. */
export const signedAmount = (notes: Notes): TUnsafe<Minor> =>
  Type.Unsafe<Minor>({ amount: { positive: true, signed: true }, ...notes });

/** An id of another system: string or integer on the wire, a string inside. */
export const reference = (notes: Notes = {}): TUnsafe<string> => Type.Unsafe<string>({ reference: true, ...notes });

/** ISO 8601 with a zone on the wire, UTC with milliseconds inside. */
export const instant = (notes: Notes = {}): TUnsafe<Instant> => Type.Unsafe<Instant>({ instant: true, ...notes });

export const email = () =>
  Type.Unsafe<string>({
    type: 'string',
    maxLength: 255,
    refine: { accepts: (value: unknown) => value === null || (typeof value === 'string' && isEmail(value)) },
    expected: 'an e-mail address of at most 255 characters, such as name@example.com',
    example: 'meera@example.com',
  });

export const currency = () =>
  Type.Unsafe<string>({
    type: 'string',
    refine: { accepts: (value: unknown) => typeof value === 'string' && isCurrency(value) },
    expected: 'an ISO 4217 currency code with at most 3 decimals, such as EUR',
    description: 'ISO 4217 code of a currency with 0 to 3 decimals.',
    example: 'EUR',
  });

const LANGUAGE = /^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}$/;

export const language = () =>
  Type.Unsafe<string>({
    type: 'string',
    refine: { accepts: (value: unknown) => value === null || (typeof value === 'string' && LANGUAGE.test(value)) },
    expected: 'a language tag, such as de or pt-BR',
    description:
      'Language of messages to the customer. Default: the language that the customer’s own request prefers, else that of the shop.',
    example: 'de',
  });

/** A word out of many that may be spelt in several ways. */
export const word = (isKnown: (word: string) => boolean, known: readonly string[], notes: Notes = {}) =>
  Type.Unsafe<string>({
    type: 'string',
    refine: { accepts: (value: unknown) => typeof value === 'string' && isKnown(value) },
    expected: `one of ${known.join(', ')}`,
    examples: known,
    ...notes,
  });

/** A place among all events, as a decimal string. */
export const position = (description: string) =>
  Type.Unsafe<string>({
    type: 'string',
    pattern: '^\\d{1,18}$',
    expected: 'a position: digits, as events and X-Event-Position have it',
    description,
    example: '4711',
  });

const META_DATA_BYTES = 16 * 1024;

const fits = (value: unknown): boolean => Buffer.byteLength(JSON.stringify(value)) <= META_DATA_BYTES;

export const metaData = () =>
  Type.Unsafe<Readonly<Record<string, unknown>>>({
    type: 'object',
    refine: { accepts: fits },
    expected: 'an object of at most 16 KiB of JSON',
    description: 'Your own data: an object of at most 16 KiB.',
  });

/** An instant in a query, or a date: that whole day of the shop, see `business-days.ts`. */
export const queryInstant = (notes: Notes = {}) =>
  Type.Unsafe<string>({
    type: 'string',
    refine: {
      accepts: (value: unknown) => typeof value === 'string' && readQueryInstant(value) !== undefined,
    },
    expected: 'a date (2026-03-01) or a date and time with its zone (2026-03-01T12:00:00Z), in the years 1970 to 9999',
    ...notes,
  });

const DATE = /^\d{4}-\d{2}-\d{2}$/;

export const readQueryInstant = (text: string): Instant | undefined =>
  toInstant(DATE.test(text) ? `${text}T00:00:00Z` : text.replace(/ (\d{2}:\d{2})$/, '+$1'));

export const nullable = <T extends TSchema>(schema: T) => Type.Union([schema, Type.Null()]);

export type { TObject };

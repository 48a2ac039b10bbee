import { Type, type Static, type TSchema } from '@sinclair/typebox';
import { Value, ValueErrorType, type ValueError } from '@sinclair/typebox/value';
import { parse, YAMLError } from 'yaml';
import { isCurrency } from '../../domain/shared/currency.ts';
import { isEncoding } from '../file/encoding.ts';
import type { Row } from '../file/sheet.ts';
import { UnreadableFile, type Cell, type Findings } from '../findings.ts';
import type { Draft, DraftLine, DraftRefund, DraftStatus, Paid } from '../orders/draft.ts';
import { readingsOf } from '../orders/readings.ts';
import { timePattern } from '../values/times.ts';
import { addressOf, first, textCell, textOf, type Profile } from './profile.ts';

const ADDRESS_FIELDS = [
  'recipient_name',
  'company',
  'street',
  'street2',
  'city',
  'state',
  'postal_code',
  'country',
  'phone',
] as const;

/** The possible contents of a column. */
const FIELDS = [
  'order_number',
  'created_at',
  'paid_at',
  'shipped_at',
  'delivered_at',
  'cancelled_at',
  'currency',
  'customer_id',
  'customer_email',
  'customer_name',
  'payment_method',
  'carrier',
  'tracking_number',
  'notes',
  'status',
  'items.product_id',
  'items.product_name',
  'items.product_sku',
  'items.quantity',
  'items.amount',
  'items.discount',
  'items.tax',
  'shipping_cost',
  'shipping_tax',
  'tax',
  'discount',
  'subtotal',
  'total',
  'paid',
  'refunded',
  'refunded_at',
  ...ADDRESS_FIELDS.map((field) => `shipping_address.${field}` as const),
  ...ADDRESS_FIELDS.map((field) => `billing_address.${field}` as const),
] as const;
type Field = (typeof FIELDS)[number];

type State = { readonly status: DraftStatus; readonly isPaid: boolean; readonly isRefunded?: true };

/** The statuses that a map may name, and what each means for the money. */
const STATES = {
  pending: { status: 'pending', isPaid: false },
  confirmed: { status: 'confirmed', isPaid: false },
  paid: { status: 'confirmed', isPaid: true },
  processing: { status: 'processing', isPaid: true },
  shipped: { status: 'shipped', isPaid: true },
  delivered: { status: 'delivered', isPaid: true },
  cancelled: { status: 'cancelled', isPaid: false },
  refunded: { status: 'delivered', isPaid: true, isRefunded: true },
} as const satisfies Readonly<Record<string, State>>;
type Word = keyof typeof STATES;
const WORDS = Object.keys(STATES) as Word[]; // the keys of the object above

/** A row that is cut short before one of these may have lost goods or money. */
const IN_EVERY_ROW = [
  'created_at',
  'items.quantity',
  'items.amount',
  'items.discount',
  'items.tax',
  'shipping_cost',
  'shipping_tax',
  'tax',
  'discount',
  'subtotal',
  'total',
  'paid',
  'refunded',
] as const satisfies readonly Field[];

/** A row that is a refund. */
const REFUND = 'refund';
type Stated = Word | typeof REFUND;

const strict = { additionalProperties: false };
/** A setting, and how its values are told to people. */
const told = (expected: string) => ({ expected });
const COLUMN = { minLength: 1, ...told('the name of a column') };

const optional = <T extends TSchema>(schema: T) => Type.Optional(schema);
const listed = (words: readonly string[]): string =>
  [words.slice(0, -1).join(', '), ...words.slice(-1)].filter((part) => part !== '').join(' or ');
const oneOf = <const W extends readonly string[]>(...words: W) =>
  Type.Unsafe<W[number]>(
    Type.Union(
      words.map((word) => Type.Literal(word)),
      told(listed(words)),
    ),
  );

const ENCODING = 'a name such as utf-8, utf-16le, windows-1252 or iso-8859-15';
const DATE_FORMAT = 'day, month and year, such as d.M.yyyy H:mm';
const CURRENCY = 'a code such as EUR';

const mapSchema = Type.Object(
  {
    source: optional(
      Type.String({ pattern: '^[\\w.-]{1,64}$', ...told('1 to 64 letters, digits, dots, dashes or underscores') }),
    ),
    encoding: optional(Type.String(told(ENCODING))),
    delimiter: optional(Type.String({ minLength: 1, maxLength: 1, ...told('one character') })),
    quotes: optional(Type.Boolean(told('true or false'))),
    skip_lines: optional(Type.Integer({ minimum: 0, maximum: 1_000, ...told('a whole number from 0 to 1000') })),
    decimal: optional(oneOf('.', ',')),
    date_format: optional(Type.String({ maxLength: 64, ...told(DATE_FORMAT) })),
    group_by: optional(Type.String(COLUMN)),
    currency: optional(Type.String(told(CURRENCY))),
    money: optional(oneOf('unit', 'line')),
    tax: optional(oneOf('included', 'on_top')),
    discount: optional(oneOf('order', 'lines')),
    columns: Type.Unsafe<{ readonly [F in Field]?: string }>(
      Type.Object(Object.fromEntries(FIELDS.map((field) => [field, optional(Type.String(COLUMN))])), {
        ...strict,
        ...told('what orders have, each with the column of the file that has it'),
      }),
    ),
    status_map: optional(
      Type.Record(
        Type.String(),
        oneOf<readonly Stated[]>(...WORDS, REFUND),
        told('words of the status column, each with what it means'),
      ),
    ),
    refund_of: optional(
      Type.Object(
        { column: Type.String(COLUMN), previous: optional(Type.Boolean(told('true or false'))) },
        { ...strict, ...told('a column, and whether the order before is meant') },
      ),
    ),
  },
  { ...strict, ...told('settings, such as columns') },
);
type OwnMap = Static<typeof mapSchema>;

/** Every setting of a map, and everything that `columns` can name a column for. */
export const MAP_SETTINGS: readonly string[] = Object.keys(mapSchema.properties);
export const MAP_FIELDS: readonly string[] = FIELDS;

const wrong = (name: string, says: string): never => {
  throw new UnreadableFile(`${name}: ${says}`);
};

const parseYaml = (name: string, text: string): unknown => {
  try {
    return parse(text, { maxAliasCount: 10 });
  } catch (error) {
    const at = error instanceof YAMLError ? error.linePos?.[0] : undefined;
    return wrong(name, at === undefined ? 'it is not YAML' : `line ${at.line}, column ${at.col}: it is not YAML`);
  }
};

/** In words of our own: those of the validation speak of unions and properties. */
const faultOf = (problem: ValueError | undefined): string => {
  const { schema } = problem ?? {};
  if (problem?.type === ValueErrorType.ObjectAdditionalProperties) {
    const known: unknown = schema?.['properties'];
    return `there is no such setting; expected one of ${Object.keys(known instanceof Object ? known : {}).join(', ')}`;
  }
  const expected: unknown = schema?.['expected'];
  return `expected ${typeof expected === 'string' ? expected : 'something else'}`;
};

const checked = (name: string, text: string): OwnMap => {
  const given = parseYaml(name, text);
  if (Value.Check(mapSchema, given)) return given;
  const problem = Value.Errors(mapSchema, given).First();
  const place = problem?.path.slice(1).replaceAll('/', '.') ?? '';
  return wrong(name, `${place === '' ? 'it' : place}: ${faultOf(problem)}`);
};

/** Waybill's words, and the words of a file for them. */
const statesOf = ({ status_map = {} }: OwnMap): ReadonlyMap<string, Stated> => {
  const words: readonly Stated[] = [...WORDS, REFUND];
  const own = words.map((word): [string, Stated] => [word, word]);
  const mapped = Object.entries(status_map).map(([word, state]): [string, Stated] => [word.toLowerCase(), state]);
  return new Map([...own, ...mapped]);
};

type Columns = {
  readonly of: (field: Field) => string;
  readonly in: (rows: readonly Row[], field: Field) => Cell | undefined;
};

const columnsOf = ({ columns }: OwnMap): Columns => {
  // A field without a column is looked up in a column that no file has.
  const of = (field: Field): string => columns[field] ?? '';
  return { of, in: (rows, field) => first(rows, of(field)) };
};

const isNegative = (cell: Cell | undefined): boolean =>
  cell !== undefined && /^\(.*\)$|^\D*[-−]|[-−]$/u.test(cell.text);

/** By its time only, if the file has no status. */
const stateByTimes = (rows: readonly Row[], columns: Columns): State => {
  if (columns.in(rows, 'cancelled_at') !== undefined) return STATES.cancelled;
  if (columns.in(rows, 'delivered_at') !== undefined) return STATES.delivered;
  if (columns.in(rows, 'shipped_at') !== undefined) return STATES.shipped;
  return columns.in(rows, 'paid_at') === undefined ? STATES.pending : STATES.paid;
};

const addressIn = (kind: 'shipping_address' | 'billing_address', rows: readonly Row[], columns: Columns) =>
  addressOf(rows, Object.fromEntries(ADDRESS_FIELDS.map((field) => [field, columns.of(`${kind}.${field}`)])));

/** Reads a file of any shop with a map that the merchant writes. @throws UnreadableFile with the error in the map */
export const ownMap = (name: string, text: string, source: string): Profile => {
  const map = checked(name, text);
  const { group_by, refund_of, encoding, date_format, currency, delimiter, quotes, decimal } = map;
  if (encoding !== undefined && !isEncoding(encoding))
    wrong(name, `encoding: ${encoding} is not known; expected ${ENCODING}`);
  if (date_format !== undefined && timePattern(date_format) === undefined)
    wrong(name, `date_format: expected ${DATE_FORMAT}`);
  if (currency !== undefined && !isCurrency(currency)) wrong(name, `currency: expected ${CURRENCY}`);
  const columns = columnsOf(map);
  const number = map.columns.order_number ?? group_by;
  if (number === undefined) return wrong(name, 'columns: order_number is needed');
  for (const field of ['created_at', 'items.quantity', 'items.amount'] as const)
    if (map.columns[field] === undefined) wrong(name, `columns: ${field} is needed`);
  const states = statesOf(map);

  const wordOf = (row: Row): Stated | undefined => states.get(row.cell(columns.of('status'))?.text.toLowerCase() ?? '');
  const isRefund = (row: Row): boolean =>
    wordOf(row) === REFUND ||
    isNegative(row.cell(columns.of('items.quantity'))) ||
    isNegative(row.cell(columns.of('items.amount')));

  const stateOf = (rows: readonly Row[], found: Findings): State => {
    const cell = columns.in(rows, 'status');
    if (cell === undefined) return stateByTimes(rows, columns);
    const word = states.get(cell.text.toLowerCase());
    if (word !== undefined && word !== REFUND) return STATES[word];
    found.error(cell, `a status that status_map names, or one of ${WORDS.join(', ')}`);
    return STATES.pending;
  };

  const lineOf = (row: Row): DraftLine => {
    const [discount, tax] = [row.cell(columns.of('items.discount')), row.cell(columns.of('items.tax'))];
    const hasOwnTax = map.columns['items.tax'] !== undefined;
    return {
      place: { line: row.line, quantity: columns.of('items.quantity'), amount: columns.of('items.amount') },
      product_id: row.cell(columns.of('items.product_id')),
      product_name: row.cell(columns.of('items.product_name')),
      product_sku: row.cell(columns.of('items.product_sku')),
      quantity: row.cell(columns.of('items.quantity')),
      amount: row.cell(columns.of('items.amount')),
      discount,
      tax: hasOwnTax ? (tax ?? { text: '0', line: row.line, column: columns.of('items.tax') }) : undefined,
    };
  };

  const refundsOf = (
    rows: readonly Row[],
    gaveBack: readonly Row[],
    state: State,
    of: Cell,
  ): readonly DraftRefund[] => {
    const negative = gaveBack.map((row): DraftRefund => {
      const amount = row.cell(columns.of('total')) ?? row.cell(columns.of('items.amount'));
      return { amount, at: row.cell(columns.of('created_at')), from: row.cell(number) ?? of };
    });
    const amount = columns.in(rows, 'refunded');
    const isSome = amount !== undefined && /[1-9]/.test(amount.text);
    if (isSome) return [...negative, { amount, at: columns.in(rows, 'refunded_at'), from: amount }];
    if (state.isRefunded !== true || negative.length > 0) return negative;
    return [{ amount: undefined, at: columns.in(rows, 'refunded_at'), from: of }];
  };

  const paidOf = (rows: readonly Row[], state: State): Paid => {
    const amount = columns.in(rows, 'paid');
    if (amount !== undefined) return { paid: 'amount', amount };
    return state.isPaid ? { paid: 'everything' } : { paid: 'nothing' };
  };

  const draft: Profile['draft'] = (all, of, found): Draft | undefined => {
    const rows = all.filter((row) => !isRefund(row));
    const gaveBack = all.filter(isRefund);
    if (rows.length === 0) {
      found.error(of, 'the row of the refunded order directly before this row; refund_of names that order');
      return undefined;
    }
    const state = stateOf(rows, found);
    return {
      number: of,
      columns: { currency: map.columns.currency ?? 'currency', created_at: columns.of('created_at') },
      currency: columns.in(rows, 'currency') ?? currency,
      created_at: columns.in(rows, 'created_at'),
      paid_at: columns.in(rows, 'paid_at'),
      shipped_at: columns.in(rows, 'shipped_at'),
      delivered_at: columns.in(rows, 'delivered_at'),
      cancelled_at: columns.in(rows, 'cancelled_at'),
      customer: {
        id: columns.in(rows, 'customer_id')?.text,
        email: textCell(columns.in(rows, 'customer_email')),
        name: textOf(columns.in(rows, 'customer_name')),
      },
      shipping_address: addressIn('shipping_address', rows, columns),
      billing_address: addressIn('billing_address', rows, columns),
      notes: textOf(columns.in(rows, 'notes')) ?? null,
      meta_data: null,
      payment_method: textOf(columns.in(rows, 'payment_method')) ?? null,
      carrier: columns.in(rows, 'carrier')?.text,
      tracking_number: columns.in(rows, 'tracking_number')?.text,
      lines: rows.filter((row) => row.cell(columns.of('items.amount')) !== undefined).map(lineOf),
      shipping: [columns.in(rows, 'shipping_cost')],
      shipping_tax: columns.in(rows, 'shipping_tax'),
      tax: columns.in(rows, 'tax'),
      discount: columns.in(rows, 'discount'),
      subtotal: columns.in(rows, 'subtotal'),
      total: columns.in(rows, 'total'),
      status: state.status,
      paid: paidOf(rows, state),
      refunds: refundsOf(rows, gaveBack, state, of),
    };
  };

  return {
    source: map.source ?? source,
    layout: {
      encoding,
      delimiter,
      quotes,
      skipLines: map.skip_lines,
      inEveryRow: [number, ...IN_EVERY_ROW.flatMap((field) => map.columns[field] ?? [])],
      required: [...new Set([...Object.values(map.columns), ...(group_by === undefined ? [] : [group_by])])],
    },
    decimal: decimal ?? 'auto',
    dateFormat: date_format,
    readings: readingsOf({
      amounts: map.money === undefined ? ['unit', 'line'] : [map.money],
      tax: map.tax === undefined ? ['on top', 'included'] : [map.tax === 'included' ? 'included' : 'on top'],
      discount: map.discount === undefined ? ['order', 'lines'] : [map.discount],
    }),
    numberOf: (row, before) => {
      if (isRefund(row) && refund_of !== undefined && before !== undefined) {
        if (refund_of.previous === true) return before;
        if (row.cell(refund_of.column)?.text === before.text) return before;
      }
      return row.cell(group_by ?? number);
    },
    draft,
  };
};

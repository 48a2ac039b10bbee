import fc from 'fast-check';
import type { Operation } from './operations.ts';
import { NONSENSE } from './pool.ts';
import type { Sent } from './requests.ts';
import { NO_JSON, spoil } from './spoil.ts';

const spoiltBody = (sent: Sent): fc.Arbitrary<Sent> => {
  const noJson = fc
    .constantFrom(...NO_JSON)
    .map(([type, raw]): Sent => ({ ...sent, body: { is: 'raw', type, raw }, poison: ['a body that is no JSON'] }));
  if (sent.body.is !== 'json') return noJson;
  const spoilt = spoil(sent.body.value).map(({ value, poison }): Sent => ({
    ...sent,
    body: value === undefined ? { is: 'none' } : { is: 'json', value },
    poison: poison === undefined ? [] : [poison],
  }));
  return fc.oneof({ weight: 6, arbitrary: spoilt }, noJson);
};

/** Those that are none, and those at the ends of what there is. */
const DATES = [
  '0000-01-01',
  '2026-02-30',
  '1969-12-31',
  '9999-12-31',
  '10000-01-01',
  '2026-03-01T24:00:00Z',
  '2026-03-01T00:00:00+99:99',
];

const STRANGE_VALUES = [
  ...NONSENSE,
  '',
  '-5',
  '1e9',
  '1.5',
  'true',
  'null',
  '2026-13-45',
  'a\0b',
  'exact,exact',
  ...DATES,
];

const spoiltQuery = (sent: Sent, { parameters }: Operation): fc.Arbitrary<Sent> => {
  const known = parameters.filter((one) => one.in === 'query').map(({ name }) => name);
  const name = fc.constantFrom(...known, 'no_such_parameter', '__proto__', 'constructor', 'customer_id[]', 'role');
  return fc
    .tuple(name, fc.constantFrom(...STRANGE_VALUES))
    .map((pair) => ({ ...sent, query: [...sent.query, pair], poison: pair[1].includes('\0') ? ['NUL'] : [] }));
};

/** A request with its body or query made into something that is mostly rejected. */
export const spoilt = (sent: Sent, operation: Operation): fc.Arbitrary<Sent> =>
  operation.method === 'GET'
    ? spoiltQuery(sent, operation)
    : fc.oneof({ weight: 5, arbitrary: spoiltBody(sent) }, { weight: 1, arbitrary: spoiltQuery(sent, operation) });

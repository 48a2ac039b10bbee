import canonicalize from 'canonicalize';
import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { seed } from '../support/random.ts';
import { canonicalJson } from '../../src/event-store/canonical-json.ts';
import type { JsonValue } from '../../src/event-store/port.ts';

const test = suite('canonical JSON');

test('equals the result of a library for RFC 8785 for any JSON', () => {
  const json = fc.jsonValue({ maxDepth: 4 }) as fc.Arbitrary<JsonValue>;
  const text = fc.string({ unit: 'grapheme', maxLength: 20 });
  const named = fc.dictionary(text, fc.oneof(fc.double({ noNaN: true, noDefaultInfinity: true }), text, json));
  fc.assert(
    fc.property(fc.oneof(json, named), (value) => {
      assert.is(canonicalJson(value), canonicalize(value));
    }),
    { numRuns: 1_000, seed },
  );
});

test('sorts names by UTF-16 units and keeps numbers as JavaScript writes them', () => {
  assert.is(
    canonicalJson({ '\u20ac': 1, '\ufb33': 2, '\ud83d\ude00': 3, '1': -0, ['__proto__']: 1e21, a: [0.1, 1e-7] }),
    `{"1":0,"__proto__":1e+21,"a":[0.1,1e-7],"\u20ac":1,"\ud83d\ude00":3,"\ufb33":2}`,
  );
});

test('leaves out undefined members, as JSON does', () => {
  const holes = { a: undefined, b: [undefined] } as unknown as JsonValue;
  assert.is(canonicalJson(holes), canonicalize(holes));
});

test('rejects values without a canonical form', () => {
  for (const value of [NaN, Infinity, '\ud800', { '\udc00': 1 }])
    assert.throws(
      () => canonicalJson(value),
      (error: unknown) => error instanceof TypeError,
    );
});

test.run();

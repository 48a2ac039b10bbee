import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { allocate } from '../../../src/domain/shared/allocation.ts';
import { parseAmount, toDecimal, toMajor } from '../../../src/domain/shared/amount-notation.ts';
import { CURRENCIES, decimalsOf } from '../../../src/domain/shared/currency.ts';
import { fractionOf, isWithinLimit, maxAmount } from '../../../src/domain/shared/money.ts';
import { isTaxRate, taxOn } from '../../../src/domain/shared/tax-rate.ts';
import { always } from '../../support/property.ts';

const test = suite('money');

const cases: readonly [value: unknown, currency: string, expected: unknown][] = [
  [1105, 'USD', { minor: 110500 }],
  [79.99, 'USD', { minor: 7999 }],
  ['79.90', 'USD', { minor: 7990 }],
  ['0079.9', 'USD', { minor: 7990 }],
  [0, 'USD', { minor: 0 }],
  [-0, 'USD', { minor: 0 }],
  [-1.5, 'USD', { minor: -150 }],
  [1.234, 'KWD', { minor: 1234 }],
  [1000, 'JPY', { minor: 1000 }],
  [1e12, 'KWD', { minor: 1e15 }],
  ['79.999', 'USD', { problem: 'too_many_decimals' }],
  ['1.000', 'USD', { problem: 'too_many_decimals' }],
  [0.1 + 0.2, 'USD', { problem: 'too_many_decimals' }],
  [1e-7, 'USD', { problem: 'too_many_decimals' }],
  [0.5, 'JPY', { problem: 'too_many_decimals' }],
  [1e13, 'USD', { problem: 'out_of_range' }],
  [1e21, 'USD', { problem: 'out_of_range' }],
  ['1000000000000.01', 'USD', { problem: 'out_of_range' }],
  ['9'.repeat(100_000), 'USD', { problem: 'out_of_range' }],
  [NaN, 'USD', { problem: 'malformed' }],
  [Infinity, 'USD', { problem: 'malformed' }],
  ['1e3', 'USD', { problem: 'malformed' }],
  ['1,5', 'USD', { problem: 'malformed' }],
  ['.5', 'USD', { problem: 'malformed' }],
  ['', 'USD', { problem: 'malformed' }],
  [' 1', 'USD', { problem: 'malformed' }],
  [null, 'USD', { problem: 'malformed' }],
  [1, 'XXX', { problem: 'malformed' }],
];

for (const [value, currency, expected] of cases) {
  const shown = String(value).slice(0, 20);
  test(`${typeof value} ${shown} in ${currency} is ${JSON.stringify(expected)}`, () =>
    assert.equal(parseAmount(value, currency), expected));
}

const currency = fc.constantFrom('JPY', 'USD', 'KWD');
const amount = fc.integer({ min: 0, max: 10 ** 15 });

test('an amount is read back as it was written, as number and as decimal', () =>
  always(
    fc.property(currency, amount, fc.boolean(), (code, size, negative) => {
      const minor = Math.min(size, maxAmount(code)) * (negative && size > 0 ? -1 : 1);
      assert.equal(parseAmount(toMajor(minor, code), code), { minor });
      assert.equal(parseAmount(toDecimal(minor, code), code), { minor });
    }),
    2000,
  ));

test('amounts are written with all the decimals of their currency', () => {
  assert.is(toDecimal(7990, 'USD'), '79.90');
  assert.is(toDecimal(5, 'KWD'), '0.005');
  assert.is(toDecimal(-5, 'USD'), '-0.05');
  assert.is(toDecimal(1000, 'JPY'), '1000');
});

test('currencies with four decimals are not served, and every served one has 0 to 3', () => {
  assert.is(decimalsOf('CLF'), undefined);
  assert.is(decimalsOf('ISK'), 0);
  assert.is(decimalsOf('constructor'), undefined);
  for (const code of CURRENCIES) assert.ok([0, 2, 3].includes(decimalsOf(code) ?? -1), code);
});

test('the limit is 10^12 major units, whatever the currency', () => {
  assert.ok(isWithinLimit(10n ** 12n, 'JPY') && !isWithinLimit(10n ** 12n + 1n, 'JPY'));
  assert.ok(isWithinLimit(10n ** 15n, 'KWD') && !isWithinLimit(10n ** 15n + 1n, 'KWD'));
});

test('halves are rounded up', () => {
  assert.is(fractionOf(1, 1, 2), 1);
  assert.is(fractionOf(1, 1, 3), 0);
  assert.is(fractionOf(10 ** 15, 999_999, 1_000_000), 999_999_000_000_000);
  assert.is(taxOn(10597n, '0.1'), 1060n);
  assert.is(taxOn(5n, '0.1'), 1n);
  assert.is(taxOn(4n, '0.1'), 0n);
  assert.is(taxOn(100n, '0'), 0n);
  assert.is(taxOn(100n, '1'), 100n);
});

test('a tax rate is a decimal from 0 to 1', () => {
  for (const rate of ['0', '0.1', '0.075', '1', '1.0']) assert.ok(isTaxRate(rate), rate);
  for (const rate of ['', '-0.1', '1.1', '10', '.1', '1e-1', '0.1234567']) assert.not(isTaxRate(rate), rate);
});

const weights = fc.array(fc.bigInt({ min: 0n, max: 10n ** 15n }), { minLength: 1, maxLength: 30 });
const total = (parts: readonly bigint[]) => parts.reduce((sum, part) => sum + part, 0n);

test('the parts of an allocation add up to the whole, and none is off its share by a whole unit', () =>
  always(
    fc.property(weights, fc.bigInt({ min: 0n, max: 10n ** 15n }), (shares, whole) => {
      fc.pre(total(shares) > 0n);
      const parts = allocate(whole, shares);
      assert.is(total(parts), whole);
      parts.forEach((part, index) => {
        const distance = part * total(shares) - whole * (shares[index] ?? 0n);
        assert.ok(distance < total(shares) && -distance < total(shares));
      });
    }),
  ));

test('a part of weight 0 gets nothing', () => {
  assert.equal(allocate(1n, [0n, 1n, 1n]), [0n, 1n, 0n]);
  assert.equal(allocate(0n, [0n, 0n]), [0n, 0n]);
});

test.run();

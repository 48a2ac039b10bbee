import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { toDecimal } from '../../src/domain/shared/amount-notation.ts';
import { readAmount, readQuantity, type DecimalSign } from '../../src/imports/values/amounts.ts';
import { always } from '../support/property.ts';

const test = suite('reading amounts');

const minor = (text: string, currency = 'EUR', sign: DecimalSign = 'auto'): number | string => {
  const read = readAmount(text, currency, sign);
  return 'problem' in read ? 'problem' : read.minor;
};

const READ: readonly (readonly [text: string, minor: number, currency?: string, sign?: DecimalSign])[] = [
  ['12.50', 1250],
  ['12,50', 1250],
  ['1234', 123_400],
  ['1.234,50', 123_450],
  ['1,234.50', 123_450],
  ['$1,234.50', 123_450, 'USD'],
  ['-$3.00', -300, 'USD'],
  ['$-3.00', -300, 'USD'],
  ['(3.00)', -300],
  ['($1,234.50)', -123_450, 'USD'],
  ['3.00-', -300],
  ['−3,00 €', -300],
  ['99,00 €', 9900],
  ['99,00\u00a0€', 9900],
  ['EUR 99.00', 9900],
  ['99.00 EUR', 9900],
  ['US$ 99.00', 9900, 'USD'],
  ['€.50', 50],
  ['Rs. 1,23,456.00', 12_345_600, 'INR'],
  ['1 234,50 kr', 123_450, 'SEK'],
  ["CHF 1'234.50", 123_450, 'CHF'],
  ['1.234.567', 123_456_700],
  ['1,234', 123_400],
  ['1.234', 1234, 'KWD'],
  ['1,234', 1234, 'KWD'],
  ['1.234', 123_400, 'EUR', ','],
  ['1,234', 123_400, 'EUR', '.'],
  ['¥1,234', 1234, 'JPY'],
  ['1234.00', 1234, 'JPY'],
  ['1.234', 1234, 'JPY'],
  ['10.0000', 1000],
  ['28.667', 2867],
  ['0.004', 0],
  ['-0.00', 0],
  ['.50', 50],
];

for (const [text, expected, currency, sign] of READ)
  test(`${JSON.stringify(text)} is ${expected} in ${currency ?? 'EUR'}${sign === undefined ? '' : ` with ${sign}`}`, () =>
    assert.is(minor(text, currency, sign), expected));

for (const text of ['', 'free', '1.2.3,4', '1,23.4,5', '12.50%', '1e5', '--3', '99999999999999', '12,34,56.7.8'])
  test(`${JSON.stringify(text)} is no amount`, () => assert.is(minor(text), 'problem'));

test('rounding is reported', () => {
  assert.equal(readAmount('28.667', 'EUR', '.'), { minor: 2867, isRounded: true });
  assert.equal(readAmount('28.6700', 'EUR', '.'), { minor: 2867, isRounded: false });
});

test('every amount is read back from every notation', () =>
  always(
    fc.property(fc.integer({ min: -1e12, max: 1e12 }), fc.constantFrom('EUR', 'JPY', 'KWD'), (amount, currency) => {
      const plain = toDecimal(amount, currency);
      assert.is(minor(plain, currency, '.'), amount === 0 ? 0 : amount);
      const [whole = '', fraction] = toDecimal(Math.abs(amount), currency).split('.');
      const grouped = whole.replaceAll(/\B(?=(\d{3})+$)/g, '.');
      const german = `${amount < 0 ? '-' : ''}${grouped}${fraction === undefined ? '' : `,${fraction}`} €`;
      assert.is(minor(german, currency, ','), amount === 0 ? 0 : amount);
    }),
  ));

test('quantities are whole', () => {
  assert.equal(['3', '3.0', '3,00', '-1', '−2', ' 4 '].map(readQuantity), [3, 3, 3, -1, -2, 4]);
  assert.equal(['', '1.5', 'two', '1e3'].map(readQuantity), [undefined, undefined, undefined, undefined]);
});

test.run();

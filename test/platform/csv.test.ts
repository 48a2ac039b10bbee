import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { csvLine } from '../../src/platform/csv.ts';

const test = suite('CSV');

test('cells divided by semicolons become no formula in a program that splits at commas', () => {
  assert.is(csvLine(['n,=9+9', 'a-b, c'], { decimal: ',' }), "n,'=9+9;a-b, c\r\n");
  assert.is(csvLine(['n,=9+9']), '"n,=9+9"\r\n');
});

test.run();

import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { addressLines, partyLines } from '../../src/documents/address-lines.ts';

const test = suite('addresses on documents');

test('a full address has one thing a line, the town in one', () => {
  const address = {
    recipient_name: 'Ann',
    street: '1 High St',
    city: 'York',
    state: 'NY',
    zip_code: 10001,
    country: 'UK',
    phone: '+44',
  };
  assert.equal(addressLines(address), ['Ann', '1 High St', 'York, NY 10001', 'UK', '+44']);
});

test('other names of the same thing are understood', () => {
  assert.equal(addressLines({ address_line1: 'A 1', city: 'B', postal_code: 'C' }), ['A 1', 'B, C']);
});

test('one string keeps its line breaks', () => {
  assert.equal(addressLines('1 High St\r\n\nYork'), ['1 High St', 'York']);
});

test('an address in unknown words is printed as it came', () => {
  assert.equal(addressLines({ where: 'Behind the mill', lat: 1, nested: {} }), ['Behind the mill', '1']);
});

test('no address has no lines', () => {
  assert.equal(addressLines(null), []);
  assert.equal(addressLines({ street: null, city: ' ' }), []);
});

test('a recipient who is the party itself is named once', () => {
  const address = { recipient_name: 'Ann', street: '1 High St' };
  assert.equal(partyLines({ name: 'Ann', email: 'a@example.com', address }), ['Ann', '1 High St', 'a@example.com']);
});

test.run();

import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { isWithinReach } from '../../src/platform/outgoing-addresses.ts';
import { checkConfiguredUrl, checkGivenUrl } from '../../src/platform/outgoing-url.ts';

const test = suite('URLs that may be asked');

const mayGive = (url: string, allowPrivate = false): boolean => checkGivenUrl(url, { allowPrivate }).ok;
const mayConfigure = (url: string): boolean => checkConfiguredUrl(url).ok;

const PUBLIC = [
  'https://shop.example/hook',
  'https://1.1.1.1/',
  'https://[2606:4700::1111]:8443/',
  'HTTPS://shop.example',
];

const THIS_MACHINE = [
  '127.0.0.1',
  '2130706433',
  '0x7f000001',
  '0177.0.0.1',
  '127.1',
  '127.0.0.1.',
  '[::1]',
  '[::ffff:127.0.0.1]',
  '[::ffff:7f00:1]',
  'localhost',
  'LOCALHOST.',
  'me.localhost',
  '①②⑦.0.0.1',
];

const PRIVATE = ['10.0.0.1', '172.16.3.4', '192.168.1.1', '100.64.0.1', '[fd12:3456::1]', '[64:ff9b::10.0.0.1]'];

const RESERVED = [
  '0.0.0.0',
  '0',
  '[::]',
  '169.254.169.254',
  '0xa9fea9fe',
  '[::ffff:169.254.169.254]',
  '[64:ff9b::169.254.169.254]',
  '[64:ff9b:1::a9fe:a9fe]',
  '[fe80::1]',
  '[fd00:ec2::254]',
  '100.100.100.200',
  '192.0.0.192',
  '168.63.129.16',
  '224.0.0.1',
  '255.255.255.255',
  '203.0.113.9',
  '[2001:db8::1]',
  '[2002:7f00:1::]',
  '[2001:0:7f00:1::]',
  '[::127.0.0.1]',
  '[fec0::1]',
  '[ff02::1]',
];

for (const url of PUBLIC)
  test(`${url} may be given and configured`, () => assert.equal([mayGive(url), mayConfigure(url)], [true, true]));

for (const host of [...THIS_MACHINE, ...PRIVATE])
  test(`${host} may be configured; given by a user, only where the operator opens private networks`, () => {
    const url = `https://${host}/`;
    assert.equal([mayGive(url), mayGive(url, true), mayConfigure(url)], [false, true, true]);
  });

for (const host of RESERVED)
  test(`${host} may never be asked`, () => {
    const url = `https://${host}/`;
    assert.equal([mayGive(url), mayGive(url, true), mayConfigure(url)], [false, false, false]);
  });

test('plain HTTP is for services, and for trials on this machine', () => {
  assert.equal([mayGive('http://shop.example/'), mayGive('http://shop.example/', true)], [false, false]);
  assert.equal([mayGive('http://10.0.0.1/', true), mayGive('http://127.0.0.1:3000/', true)], [false, true]);
  assert.is(mayGive('http://localhost/', true), true);
  assert.is(mayConfigure('http://cart:8080/base'), true);
});

test('no credentials, no other schemes, no ports of other protocols, nothing that is no URL', () => {
  for (const url of [
    'https://me:mine@shop.example/',
    'https://me@shop.example/',
    'ftp://shop.example/',
    'file:///etc/passwd',
    'https:shop.example',
    'https://shop .example/',
    'https://',
    'gopher://x',
    '',
  ])
    assert.equal([mayGive(url, true), mayConfigure(url)], [false, false], url);
  for (const port of [0, 22, 25, 80, 110, 993])
    assert.is(mayGive(`https://shop.example:${port}/`), false, String(port));
  for (const port of [443, 1024, 8443]) assert.is(mayGive(`https://shop.example:${port}/`), true, String(port));
});

test('a rejection says what is expected', () => {
  const rejection = (url: string) => {
    const checked = checkGivenUrl(url, { allowPrivate: false });
    return checked.ok ? '' : checked.expected;
  };
  assert.match(rejection('http://shop.example'), /https:\/\//);
  assert.match(rejection('https://10.1.2.3'), /public internet/);
  assert.match(rejection('https://a:b@shop.example'), /user name/);
});

test('a text that is no address is never allowed', () => {
  for (const text of ['', 'shop.example', '1.2.3', '300.1.1.1']) assert.is(isWithinReach(text, 'private'), false, text);
});

test.run();

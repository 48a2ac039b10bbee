import { createHmac, generateKeyPairSync } from 'node:crypto';
import { SignJWT, UnsecuredJWT } from 'jose';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { createAuthenticate } from '../../../src/http/server/auth/authenticate.ts';
import { mintToken, secretKey } from '../../../src/http/server/auth/tokens.ts';
import { Problem } from '../../../src/http/server/problem.ts';

const auth = suite('who is calling');

const SECRET = 'a secret of at least thirty-two bytes';
const tokens = { secret: SECRET, issuer: 'https://shop.example', audience: 'waybill' };
const authenticate = createAuthenticate('jwt', tokens);
const bearer = (token: string) => Promise.resolve(authenticate({ authorization: `Bearer ${token}` }));

const claims = (more: Record<string, unknown> = {}) =>
  new SignJWT({ role: 'admin', ...more })
    .setSubject('a-1')
    .setIssuer(tokens.issuer)
    .setAudience(tokens.audience)
    .setExpirationTime('1h');
const signed = (jwt: SignJWT, secret = SECRET) => jwt.setProtectedHeader({ alg: 'HS256' }).sign(secretKey(secret));

const rejected = async (token: string, says: RegExp) => {
  try {
    await bearer(token);
  } catch (error) {
    assert.instance(error, Problem);
    const { parts } = error as Problem;
    assert.equal([parts.status, parts.code], [401, 'auth.invalid_token']);
    assert.match(parts.detail, says);
    assert.match(parts.headers?.['WWW-Authenticate'] ?? '', /invalid_token/);
    return;
  }
  assert.unreachable('the token was accepted');
};

auth('a minted token says who calls', async () => {
  const token = await mintToken(tokens, { role: 'customer', sub: 'c-1', email: 'm@shop.example', name: 'मीरा' });
  const { expires_at = 0, ...caller } = await bearer(token);
  assert.equal(caller, { id: 'c-1', role: 'customer', email: 'm@shop.example', name: 'मीरा' });
  const hours = (expires_at - Date.now()) / 3_600_000;
  assert.ok(hours > 11.9 && hours < 12.1, `until in ${hours} hours`);
  assert.is((await bearer(await mintToken(tokens, { role: 'auditor' }))).id, 'auditor');
});

auth('an e-mail claim that is not one address is none', async () => {
  for (const email of ['a,b@evil.example', '<a@b.example>', 'a@b.example\r\nBcc: c@d.example']) {
    assert.is((await bearer(await mintToken(tokens, { role: 'customer', sub: 'c-1', email }))).email, null);
  }
});

auth('roles are known by their aliases, in any letter case', async () => {
  for (const [role, known] of [
    ['user', 'customer'],
    ['Customer', 'customer'],
    ['ADMINISTRATOR', 'admin'],
    ['Delivery_Partner', 'delivery_partner'],
  ] as const) {
    assert.is((await bearer(await signed(claims({ role })))).role, known);
  }
});

auth('a caller has no role but that of the token', async () => {
  for (const role of ['service', 'system', 'root', '', null, ['admin'], { admin: true }]) {
    await rejected(await signed(claims({ role })), /role/);
  }
});

auth('a token that is not signed with our secret is rejected', async () => {
  await rejected(await signed(claims(), 'another secret of thirty-two bytes or so'), /not signed/);
  await rejected(new UnsecuredJWT({ role: 'admin', sub: 'a-1' }).setExpirationTime('1h').encode(), /not signed/);
  const [header = '', , signature = ''] = (await signed(claims())).split('.');
  const spoofed = Buffer.from(JSON.stringify({ sub: 'a-1', role: 'admin', exp: 9_999_999_999 })).toString('base64url');
  await rejected([header, spoofed, signature].join('.'), /not signed/);
  for (const nonsense of ['x', 'a.b.c', '..', 'x'.repeat(9000)]) await rejected(nonsense, /malformed|longer/);
});

auth('an algorithm we do not use cannot be talked into our key', async () => {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  await rejected(await claims().setProtectedHeader({ alg: 'RS256' }).sign(privateKey), /not signed/);
  const pem = publicKey.export({ type: 'spki', format: 'pem' });
  const unsigned = [{ alg: 'HS256' }, { sub: 'a-1', role: 'admin' }]
    .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
    .join('.');
  await rejected(`${unsigned}.${createHmac('sha256', pem).update(unsigned).digest('base64url')}`, /not signed/);
  await rejected(
    await claims()
      .setProtectedHeader({ alg: 'HS384' })
      .sign(secretKey(SECRET.repeat(2))),
    /not signed/,
  );
});

auth('time, issuer, audience and subject are checked', async () => {
  await rejected(await signed(claims().setExpirationTime('2 minutes ago')), /expired/);
  assert.is((await bearer(await signed(claims().setExpirationTime('30 seconds ago')))).id, 'a-1');
  await rejected(await signed(claims().setNotBefore('2 minutes from now')), /nbf/);
  await rejected(await signed(claims().setIssuer('https://elsewhere.example')), /iss/);
  await rejected(await signed(claims().setAudience('elsewhere')), /aud/);
  await rejected(await signed(claims().setSubject('')), /subject/);
  await rejected(await signed(claims().setSubject('a\0b')), /subject/);
  for (const unseen of [' a-1', 'a\u200b-1', 'a-1\u2060']) {
    await rejected(await signed(claims().setSubject(unseen)), /invisible/);
  }
});

auth('a token that never expires is rejected', async () => {
  const eternal = new SignJWT({ role: 'admin' })
    .setSubject('a-1')
    .setIssuer(tokens.issuer)
    .setAudience(tokens.audience);
  await rejected(await signed(eternal), /has no claim "exp"/);
});

auth('no credentials, or others, are asked for a token', async () => {
  for (const authorization of [undefined, '', 'Basic YTpi', 'Bearer', 'Bearer a b']) {
    try {
      await authenticate(authorization === undefined ? {} : { authorization });
      assert.unreachable(authorization);
    } catch (error) {
      assert.instance(error, Problem);
      assert.is((error as Problem).parts.code, 'auth.missing_credentials');
    }
  }
});

auth('a remembered token expires all the same', async () => {
  const token = await signed(claims().setExpirationTime('58 seconds ago'));
  assert.is((await bearer(token)).id, 'a-1');
  await new Promise((resolve) => setTimeout(resolve, 3_000)); // past the skew of 60 seconds
  await rejected(token, /expired/);
});

auth('AUTH_MODE=off makes everybody an admin', () => {
  assert.equal(createAuthenticate('off', tokens)({}), { id: 'admin', role: 'admin', email: null, name: null });
});

auth('after a rotation tokens of the secret before are good, and those of others are not', async () => {
  const previousSecret = 'the secret of thirty-two bytes before';
  const verifies = createAuthenticate('jwt', { secret: tokens.secret, previousSecret });
  const verify = (token: string) => Promise.resolve(verifies({ authorization: `Bearer ${token}` }));
  const signedBy = (secret: string) => mintToken({ secret }, { role: 'admin', sub: 'a-1' });
  assert.is((await verify(await signedBy(previousSecret))).id, 'a-1');
  assert.is((await verify(await signedBy(tokens.secret))).id, 'a-1');
  try {
    await verify(await signedBy('another secret of thirty-two bytes or more'));
    assert.unreachable();
  } catch (error) {
    assert.ok(error instanceof Problem && error.parts.code === 'auth.invalid_token');
  }
});

auth('AUTH_MODE=off takes neither a foreign Host nor a foreign Origin', () => {
  const off = createAuthenticate('off', tokens, { origins: ['http://localhost:3000'] });
  const rejects = (headers: Record<string, string>): void =>
    assert.throws(
      () => off(headers),
      (error: unknown) => error instanceof Problem && error.parts.code === 'auth.forbidden',
    );
  rejects({ host: 'rebound.example:8000' });
  rejects({ host: '127.0.0.1:8000', origin: 'https://evil.example' });
  rejects({ host: '127.0.0.1:8000', origin: 'null' });
  rejects({ host: 'localhost.evil.example' });
  for (const headers of [
    { host: '127.0.0.1:8000' },
    { host: '[::1]:8000', origin: 'http://[::1]:8000' },
    { host: 'localhost:8000', origin: 'http://localhost:3000' },
  ])
    assert.is((off(headers) as { role: string }).role, 'admin');
});

auth.run();

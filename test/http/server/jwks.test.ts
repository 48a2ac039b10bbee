import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, exportSPKI, generateKeyPair, SignJWT, UnsecuredJWT, type CryptoKey, type JWK } from 'jose';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { createAuthenticate } from '../../../src/http/server/auth/authenticate.ts';
import { mintToken, type TokenTrust } from '../../../src/http/server/auth/tokens.ts';
import { Problem } from '../../../src/http/server/problem.ts';
import { startTestApi } from '../../support/api.ts';

const jwks = suite('keys that a login publishes');

const ISSUER = 'https://login.example';
const AUDIENCE = 'waybill';
const SECRET = 'a secret of at least thirty-two bytes';

type Pair = { readonly privateKey: CryptoKey; readonly publicKey: CryptoKey; readonly jwk: JWK };
type Login = { keys: readonly JWK[]; status: number; text: string | undefined; asked: number };

const login: Login = { keys: [], status: 200, text: undefined, asked: 0 };
const pairs = new Map<string, Pair>();
let server: Server;
let url: string;

const makePair = async (alg: string, kid = alg): Promise<Pair> => {
  const { privateKey, publicKey } = await generateKeyPair(alg, { extractable: true });
  const pair = { privateKey, publicKey, jwk: { ...(await exportJWK(publicKey)), kid, alg, use: 'sig' } };
  pairs.set(kid, pair);
  return pair;
};

const pairOf = (kid: string): Pair => {
  const pair = pairs.get(kid);
  if (pair === undefined) throw new Error(`no key ${kid}`);
  return pair;
};

jwks.before(async () => {
  for (const alg of ['RS256', 'ES256', 'EdDSA']) await makePair(alg);
  server = createServer((_, response) => {
    login.asked += 1;
    response.writeHead(login.status, { 'content-type': 'application/json' });
    response.end(login.text ?? JSON.stringify({ keys: login.keys }));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/keys`; // listening on TCP
});
jwks.before.each(() => {
  Object.assign(login, { keys: [...pairs.values()].map(({ jwk }) => jwk), status: 200, text: undefined, asked: 0 });
});
jwks.after(() => {
  server.closeAllConnections();
  server.close();
});

const claims = (more: Record<string, unknown> = {}) =>
  new SignJWT({ role: 'admin', ...more })
    .setSubject('a-1')
    .setIssuer(ISSUER)
    .setAudience(AUDIENCE)
    .setExpirationTime('1h');

const signed = (kid: string, jwt = claims(), alg = kid) =>
  jwt.setProtectedHeader({ alg, kid }).sign(pairOf(kid).privateKey);

const trusting = (more: TokenTrust = {}) => {
  const authenticate = createAuthenticate('jwt', { jwksUrl: url, issuer: ISSUER, audience: AUDIENCE, ...more });
  return (token: string) => Promise.resolve(authenticate({ authorization: `Bearer ${token}` }));
};

const rejection = async (asked: Promise<unknown>): Promise<readonly [status: number, detail: string]> => {
  try {
    await asked;
  } catch (error) {
    if (error instanceof Problem) return [error.parts.status, error.parts.detail];
    throw error;
  }
  throw new Error('the token was accepted');
};

const isRejected = async (asked: Promise<unknown>, says = /not signed/) => {
  const [status, detail] = await rejection(asked);
  assert.is(status, 401, detail);
  assert.match(detail, says);
};

jwks('RS256, ES256 and EdDSA are verified, and the keys asked for once', async () => {
  const bearer = trusting();
  const callers = await Promise.all(
    ['RS256', 'ES256', 'EdDSA'].map(async (kid) => bearer(await signed(kid, claims({ name: kid })))),
  );
  assert.equal(
    callers.map(({ id, role, name }) => [id, role, name]),
    ['RS256', 'ES256', 'EdDSA'].map((kid) => ['a-1', 'admin', kid]),
  );
  await bearer(await signed('ES256', claims({ name: 'again' })));
  assert.is(login.asked, 1);
});

jwks('a rotated key is picked up, and one that was taken away is no longer believed', async () => {
  const bearer = trusting({ jwksRetry: { cooldownMs: 0 } });
  await bearer(await signed('RS256'));
  await makePair('ES256', 'fresh');
  login.keys = [pairOf('fresh').jwk];
  assert.is((await bearer(await signed('fresh', claims(), 'ES256'))).id, 'a-1');
  await isRejected(bearer(await signed('RS256', claims({ name: 'of the old key' }))));
  pairs.delete('fresh');
});

jwks('an unknown key id is rejected, and cannot make us ask at will', async () => {
  await makePair('ES256', 'theirs');
  const token = await signed('theirs', claims(), 'ES256');
  pairs.delete('theirs');
  login.keys = [...pairs.values()].map(({ jwk }) => jwk);
  const bearer = trusting({ jwksRetry: { cooldownMs: 60_000 } });
  await isRejected(bearer(token));
  await isRejected(bearer(token));
  assert.is(login.asked, 1);
});

jwks('no algorithm is confused with another', async () => {
  for (const bearer of [trusting(), trusting({ secret: SECRET })]) {
    await isRejected(bearer(new UnsecuredJWT({ role: 'admin', sub: 'a-1' }).setExpirationTime('1h').encode()));
    for (const kid of ['RS256', 'ES256', 'EdDSA'])
      for (const key of [await exportSPKI(pairOf(kid).publicKey), JSON.stringify(pairOf(kid).jwk)]) {
        const unsigned = [
          { alg: 'HS256', kid },
          { sub: 'a-1', role: 'admin', iss: ISSUER, aud: AUDIENCE },
        ]
          .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
          .join('.');
        const signature = createHmac('sha256', key).update(unsigned).digest('base64url');
        await isRejected(bearer(`${unsigned}.${signature}`));
      }
    await makePair('RS384');
    login.keys = [...pairs.values()].map(({ jwk }) => jwk);
    await isRejected(bearer(await signed('RS384')));
    pairs.delete('RS384');
  }
});

jwks('a payload that was changed is rejected', async () => {
  const [header = '', , signature = ''] = (await signed('EdDSA', claims({ role: 'customer' }))).split('.');
  const spoofed = Buffer.from(
    JSON.stringify({ sub: 'a-1', role: 'admin', iss: ISSUER, aud: AUDIENCE, exp: 9_999_999_999 }),
  ).toString('base64url');
  await isRejected(trusting()([header, spoofed, signature].join('.')));
});

jwks('time, issuer, audience and subject are checked here too', async () => {
  const bearer = trusting();
  await isRejected(bearer(await signed('ES256', claims().setExpirationTime('2 minutes ago'))), /expired/);
  assert.is((await bearer(await signed('ES256', claims().setExpirationTime('30 seconds ago')))).id, 'a-1');
  await isRejected(bearer(await signed('ES256', claims().setNotBefore('2 minutes from now'))), /nbf/);
  assert.is((await bearer(await signed('ES256', claims().setNotBefore('30 seconds from now')))).id, 'a-1');
  await isRejected(bearer(await signed('ES256', claims().setIssuer('https://elsewhere.example'))), /iss/);
  await isRejected(bearer(await signed('ES256', claims().setAudience('elsewhere'))), /aud/);
  const subjectless = new SignJWT({ role: 'admin' }).setIssuer(ISSUER).setAudience(AUDIENCE).setExpirationTime('1h');
  await isRejected(bearer(await signed('ES256', subjectless)), /subject/);
});

jwks('a token that never expires is rejected', async () => {
  const eternal = new SignJWT({ role: 'admin' }).setSubject('a-1').setIssuer(ISSUER).setAudience(AUDIENCE);
  await isRejected(trusting()(await signed('ES256', eternal)), /has no claim "exp"/);
});

jwks('keys that cannot be fetched admit no caller, and are fetched again', async () => {
  const bearer = trusting();
  const token = await signed('ES256');
  for (const broken of [{ status: 500 }, { status: 302 }, { text: 'no keys' }, { text: '{"keys": 1}' }]) {
    Object.assign(login, { status: 200, text: undefined }, broken);
    assert.is((await rejection(bearer(token)))[0], 503, JSON.stringify(broken));
  }
  Object.assign(login, { status: 200, text: undefined });
  assert.is((await bearer(token)).id, 'a-1');
});

jwks('a secret goes on working beside published keys, and while they cannot be had', async () => {
  const both = trusting({ secret: SECRET });
  login.status = 500;
  const shared = await mintToken({ secret: SECRET, issuer: ISSUER, audience: AUDIENCE }, { role: 'auditor' });
  assert.is((await both(shared)).role, 'auditor');
  await isRejected(trusting()(shared));
});

jwks('over HTTP it is a 503 that says when to come again, not a 401', async () => {
  const closed = createServer().listen(0, '127.0.0.1');
  await once(closed, 'listening');
  const { port } = closed.address() as AddressInfo; // listening on TCP
  closed.close();
  await once(closed, 'close');
  const tokens = { jwksUrl: `http://127.0.0.1:${port}/keys` };
  const api = await startTestApi({ projectors: false, options: { tokens } });
  try {
    const headers = { authorization: `Bearer ${await signed('RS256')}` };
    const answer = await api.call('/orders', { as: null, headers });
    assert.equal([answer.status, answer.problem.code], [503, 'service.unavailable']);
    assert.is(answer.headers.get('retry-after'), '5');
  } finally {
    await api.close();
  }
});

jwks.run();

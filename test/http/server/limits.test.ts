import { once } from 'node:events';
import type { Server } from 'node:http';
import { connect, type AddressInfo, type Socket } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { addressIn } from '../../../src/http/server/client-address.ts';
import { withTimeLimit } from '../../../src/http/server/limits/time-limit.ts';
import { Problem } from '../../../src/http/server/problem.ts';
import { createHttpServer, type ServerLimits } from '../../../src/http/server/server.ts';
import { watchLag } from '../../../src/platform/event-loop-lag.ts';
import { startTestApi, type TestApi } from '../../support/api.ts';
import { eventually } from '../../support/eventually.ts';

const limits = suite('what one client can take');
const busy = { now: false };
let api: TestApi;
let server: Server;

limits.before(async () => {
  api = await startTestApi({ projectors: false, options: { isOverloaded: () => busy.now } });
  server = await listen({ headMs: 300, requestMs: 600, checkMs: 50 });
});
limits.after(async () => {
  close(server);
  await api.close();
});

const listen = async (limited: ServerLimits): Promise<Server> => {
  const serve = api.api.koa.callback();
  const listening = createHttpServer((request, response) => void serve(request, response), limited);
  listening.listen(0, '127.0.0.1');
  await once(listening, 'listening');
  return listening;
};

const close = (listening: Server): void => {
  listening.closeAllConnections();
  listening.close();
};

const open = async (to = server): Promise<Socket> => {
  const { port } = to.address() as AddressInfo; // listening on TCP
  const socket = connect(port, '127.0.0.1');
  await once(socket, 'connect');
  return socket;
};

/** Everything that comes until the server ends the connection. */
const readAll = async (socket: Socket): Promise<string> => {
  const chunks: Buffer[] = [];
  socket.on('data', (chunk: Buffer) => chunks.push(chunk));
  await once(socket, 'close');
  return Buffer.concat(chunks).toString();
};

const send = async (text: string, to = server): Promise<string> => {
  const socket = await open(to);
  socket.write(text);
  return readAll(socket);
};

limits('a head that never ends does not hold a connection', async () => {
  assert.match(
    await send('GET /health HTTP/1.1\r\nHost: x\r\nX-Slow: '),
    /^HTTP\/1\.1 408 .*"code":"request\.too_slow"/s,
  );
});

limits('a body that never ends does not either, and changes nothing', async () => {
  const before = await api.countEvents();
  const token = await api.token({ role: 'admin' });
  const head = `POST /api/v1/orders HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${token}\r\n`;
  const slow = `${head}Content-Type: application/json\r\nContent-Length: 500\r\n\r\n{"customer_id"`;
  assert.match(await send(slow), /^HTTP\/1\.1 408 /);
  assert.is(await api.countEvents(), before);
});

limits('a head that is too large, and what is no HTTP, are told so', async () => {
  const large = await send(`GET /health HTTP/1.1\r\nHost: x\r\nX-Large: ${'x'.repeat(20_000)}\r\n\r\n`);
  assert.match(large, /^HTTP\/1\.1 431 .*"code":"request\.head_too_large"/s);
  const nonsense = await send('EHLO shop.example\r\n\r\n');
  assert.match(nonsense, /^HTTP\/1\.1 400 .*"code":"request\.malformed"/s);
  const smuggled =
    'POST /api/v1/orders HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n';
  assert.match(await send(smuggled), /^HTTP\/1\.1 400 /);
});

limits('an address that is too long is rejected', async () => {
  const { status, problem } = await api.call(`/orders?status=${'x'.repeat(9_000)}`, { unchecked: true });
  assert.equal([status, problem.code], [414, 'request.address_too_long']);
});

limits('more connections than there may be are closed as they come', async () => {
  const small = await listen({ maxConnections: 3 });
  try {
    const held = await Promise.all([open(small), open(small), open(small)]);
    await eventually('all are counted', async () => {
      const count = await new Promise<number>((resolve) => small.getConnections((_, found) => resolve(found)));
      return count === held.length;
    });
    assert.is(await readAll(await open(small)), '');
    for (const socket of held) socket.destroy();
    const health = 'GET /health HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n';
    await eventually('there is room again', async () => (await send(health, small)).includes('200 OK'));
  } finally {
    close(small);
  }
});

limits('one address cannot take all connections, and a trusted proxy may have any number', async () => {
  const health = 'GET /health HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n';
  const perAddress = { perAddress: 2, isExempt: addressIn(['10.0.0.0/8']) };
  const strict = await listen({ perAddress });
  const behindProxy = await listen({ perAddress: { ...perAddress, isExempt: addressIn(['127.0.0.0/8']) } });
  try {
    const idle = [await open(strict), await open(strict)];
    assert.is(await readAll(await open(strict)), '');
    const elsewhere = connect({
      port: (strict.address() as AddressInfo).port,
      host: '127.0.0.1',
      localAddress: '127.0.0.2',
    });
    elsewhere.write(health);
    assert.match(await readAll(elsewhere), '200 OK', 'another address is served');
    for (const socket of idle) socket.destroy();
    await eventually('there is room again', async () => (await send(health, strict)).includes('200 OK'));
    const many = await Promise.all([1, 2, 3, 4].map(() => open(behindProxy)));
    assert.match(await send(health, behindProxy), '200 OK');
    for (const socket of many) socket.destroy();
  } finally {
    close(strict);
    close(behindProxy);
  }
});

limits('under overload what can wait is sent away, and health stays green', async () => {
  busy.now = true;
  try {
    const rejected = await api.call('/orders');
    assert.equal([rejected.status, rejected.problem.code], [503, 'server.overloaded']);
    assert.is(rejected.headers.get('retry-after'), '2');
    for (const path of ['//health', '//health/live', '//metrics', '//docs'])
      assert.is((await api.call(path, { as: null, unchecked: true })).status, 200, path);
  } finally {
    busy.now = false;
  }
  assert.is((await api.call('/orders')).status, 200);
});

limits('an event loop that is held up is noticed, and that it is free again as well', async () => {
  const watch = watchLag({ thresholdMs: 50, everyMs: 10 });
  try {
    await eventually('it is late', async () => {
      const until = performance.now() + 200;
      while (performance.now() < until);
      await wait(20);
      return watch.isOverloaded();
    });
    await eventually('it has recovered', () => Promise.resolve(!watch.isOverloaded()), { within: 20_000 });
  } finally {
    watch.stop();
  }
});

limits('an answer that takes too long is given up', async () => {
  assert.is(await withTimeLimit(Promise.resolve(1), 10_000), 1);
  assert.is(await withTimeLimit(2, 10_000), 2);
  try {
    await withTimeLimit(new Promise(() => undefined), 20);
    assert.unreachable('it waited');
  } catch (error) {
    assert.instance(error, Problem);
    assert.equal([(error as Problem).parts.status, (error as Problem).parts.code], [503, 'request.timed_out']);
  }
});

limits.run();

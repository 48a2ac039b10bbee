import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { readBody, RequestAborted } from '../../../src/http/server/body.ts';
import { anOrder, startTestApi, type TestApi } from '../../support/api.ts';
import { eventually } from '../../support/eventually.ts';

const bodies = suite('bodies on the wire');
let api: TestApi;

bodies.before(async () => {
  api = await startTestApi({ projectors: false });
});
bodies.after(() => api.close());

const soon = (): Promise<string> => delay(1_000, 'still waiting');

/** Opens a connection and sends the head of a `POST /orders`, with a token. */
const open = async (headers: readonly string[]) => {
  const { hostname, port } = new URL(api.url);
  const socket = connect(Number(port), hostname);
  await once(socket, 'connect');
  const lines = [
    'POST /api/v1/orders HTTP/1.1',
    `Host: ${hostname}`,
    `Authorization: Bearer ${await api.token({ role: 'admin' })}`,
    ...headers,
  ];
  socket.write(`${lines.join('\r\n')}\r\n\r\n`);
  let received = '';
  socket.on('data', (chunk: Buffer) => (received += chunk.toString()));
  socket.on('error', () => undefined); // the server may have cut it: that is what is looked at
  return { socket, received: () => received };
};

bodies('a client that disconnects in the middle leaves nothing and disturbs no other', async () => {
  const before = await api.countEvents();
  const { socket } = await open(['Content-Type: application/json', 'Content-Length: 1000']);
  socket.write('{"items": [');
  socket.destroy();
  const line = await eventually('its end is noticed', () => api.log.find((entry) => entry.includes('"status":499')));
  assert.is(await api.countEvents(), before);
  assert.equal(
    api.log.filter((entry) => /"level":[45]0/.test(entry)),
    [],
  );
  assert.match(line, /"level":30/);
  assert.is((await api.call('/orders', { json: anOrder() })).status, 201);
});

for (const [part, length] of [
  ['half', 4],
  ['all', 2],
] as const)
  bodies(`a client that sent ${part} of its body and was gone before it was read is noticed`, async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const client = connect((server.address() as AddressInfo).port, '127.0.0.1');
    client.write(`POST / HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: ${length}\r\n\r\n{}`);
    const [request] = (await once(server, 'request')) as [IncomingMessage];
    request.on('error', () => undefined);
    const gone = new Promise((resolve) => request.once('close', resolve));
    client.destroy();
    await gone;
    const outcome = await Promise.race([readBody(request, 1_000).catch((error: unknown) => error), soon()]);
    server.close();
    assert.instance(outcome, RequestAborted);
  });

bodies('a body that comes in pieces, without a length, is one body', async () => {
  const { socket, received } = await open(['Content-Type: application/json', 'Transfer-Encoding: chunked']);
  const text = JSON.stringify(anOrder({ notes: 'मीरा' }));
  for (const piece of Buffer.from(text)
    .toString('latin1')
    .match(/.{1,7}/gs) ?? []) {
    socket.write(`${piece.length.toString(16)}\r\n${piece}\r\n`, 'latin1');
  }
  socket.write('0\r\n\r\n');
  await eventually('it is answered', () => received().includes('मीरा'));
  assert.match(received(), /^HTTP\/1.1 201/);
  socket.destroy();
});

bodies('more than 8 MiB is not read: the answer comes, and the connection ends', async () => {
  const { socket, received } = await open(['Content-Type: application/json', `Content-Length: ${9 * 1024 * 1024}`]);
  await eventually('it is answered', () => received().includes('request.too_large'));
  assert.match(received(), /^HTTP\/1.1 413/);
  assert.match(received(), /connection: close/i);
  socket.destroy();
});

bodies.run();

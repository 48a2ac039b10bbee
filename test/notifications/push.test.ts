import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { pino } from 'pino';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { createHttpService } from '../../src/gateways/http/service.ts';
import { createHttpNotifier } from '../../src/notifications/push/http.ts';

const notification = suite('the notification service');

type Asked = { readonly path: string | undefined; readonly headers: IncomingHttpHeaders; readonly body: unknown };

/** A service with scripted answers, and the requests it got. */
const serve = async (statuses: readonly number[]) => {
  const asked: Asked[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      asked.push({
        path: request.url,
        headers: request.headers,
        body: JSON.parse(Buffer.concat(chunks).toString()) as unknown,
      });
      response.writeHead(statuses[asked.length - 1] ?? 200).end();
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo; // listening on TCP
  const service = createHttpService({
    name: 'notification',
    url: `http://127.0.0.1:${port}`,
    log: pino({ level: 'silent' }),
    pauseMs: 1,
  });
  const close = (): void => {
    server.closeAllConnections();
    server.close();
  };
  return { asked, notifier: createHttpNotifier(service), close };
};

const news = (tokens: readonly string[]) => ({
  idempotency_key: 'key-1',
  user_id: 'c-1',
  order_id: 'o-1',
  status: 'shipped',
  device_tokens: () => Promise.resolve(tokens),
  trace: { request_id: 'r-1' },
});

notification('gets customer, order and status, under one key also when it is sent again', async () => {
  const { asked, notifier, close } = await serve([500]);
  assert.is(await notifier.tell(news([])), 'sent');
  assert.equal(
    asked.map(({ path, headers, body }) => [path, headers['idempotency-key'], body]),
    Array.from({ length: 2 }, () => [
      '/notifications/order-status',
      'key-1',
      { user_id: 'c-1', order_id: 'o-1', status: 'shipped' },
    ]),
  );
  assert.is(asked[0]?.headers['x-request-id'], 'r-1');
  close();
});

notification('gets the devices to push to, where there are any; its no is an error that names it', async () => {
  const { asked, notifier, close } = await serve([200, 400]);
  await notifier.tell(news(['phone', 'tablet']));
  assert.equal(asked[0]?.body, {
    user_id: 'c-1',
    order_id: 'o-1',
    status: 'shipped',
    device_tokens: ['phone', 'tablet'],
  });
  const rejected = await notifier.tell(news([])).catch(String);
  assert.match(rejected, 'ServiceRejected: the notification service rejected the request with 400');
  close();
});

notification.run();

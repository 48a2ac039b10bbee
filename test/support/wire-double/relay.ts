import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

/**
 * A TCP relay before the gRPC server, because cutting a line is something a server cannot do to itself. It keeps the
 * server's port over a restart, and lets a slow reader slow the server down.
 */
export const startRelay = async (port: number, targetPort: () => number) => {
  const sockets = new Set<Socket>();
  const hold = (socket: Socket): Socket => {
    sockets.add(socket);
    socket.on('error', () => undefined).on('close', () => sockets.delete(socket));
    return socket;
  };
  const server = createServer((incoming) => {
    const outgoing = hold(connect({ port: targetPort(), host: '127.0.0.1' }));
    hold(incoming).setNoDelay(true).pipe(outgoing.setNoDelay(true)).pipe(incoming);
    incoming.on('close', () => outgoing.destroy());
    outgoing.on('close', () => incoming.destroy());
  });
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  /** Connections that are open now carry nothing any more, without a word; new ones do. */
  const freeze = (): void => {
    for (const socket of sockets) socket.unpipe();
  };
  const cut = (): void => {
    for (const socket of sockets) socket.destroy();
  };
  return {
    port: (server.address() as AddressInfo).port,
    cut,
    freeze,
    stop: async (): Promise<void> => {
      const closed = once(server, 'close');
      server.close();
      cut();
      await closed;
    },
  };
};

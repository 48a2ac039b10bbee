import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

export type TcpProxy = {
  readonly port: number;
  /** `pass` both ways, `mute`: requests arrive but answers are swallowed, `frozen`: nothing moves, `reject`: no connection. */
  readonly mode: (mode: Mode) => void;
  /** The connections there are carry nothing any more, and are not told so; new ones pass. As a failover or a NAT does. */
  readonly swallow: () => void;
  /** Cuts every connection there is. */
  readonly cut: () => void;
  readonly close: () => Promise<void>;
};

type Mode = 'pass' | 'mute' | 'frozen' | 'refuse';

/** A line to a server on 127.0.0.1 that can be made as bad as lines get. */
export const openTcpProxy = async (targetPort: number): Promise<TcpProxy> => {
  let mode: Mode = 'pass';
  const sockets = new Set<Socket>();
  let swallowed = new WeakSet<Socket>();
  const keep = (socket: Socket): Socket => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    socket.on('error', () => socket.destroy());
    return socket;
  };

  const server = createServer((client) => {
    keep(client);
    if (mode === 'refuse') {
      client.destroy();
      return;
    }
    const target = keep(connect(targetPort, '127.0.0.1'));
    client.on('data', (chunk) => mode !== 'frozen' && !swallowed.has(client) && target.write(chunk));
    target.on('data', (chunk) => mode === 'pass' && !swallowed.has(client) && client.write(chunk));
    client.on('close', () => target.destroy());
    target.on('close', () => client.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const cut = (): void => sockets.forEach((socket) => socket.destroy());

  return {
    port: (server.address() as AddressInfo).port, // it listens on TCP
    mode: (next) => {
      mode = next;
    },
    swallow: () => {
      swallowed = new WeakSet(sockets);
    },
    cut,
    close: async () => {
      cut();
      await new Promise((resolve) => server.close(resolve));
    },
  };
};

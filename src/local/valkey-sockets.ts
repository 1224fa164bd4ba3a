// Clients of the WebAssembly Valkey that come over TCP.

import { createServer, type Server, type Socket } from 'node:net';
import type { Peer } from './valkey-descriptors.js';
import type { ValkeyMachine } from './valkey-machine.js';

/** Bytes to buffer for a client that reads slowly, before Valkey is told to wait. */
const SEND_BUFFER = 1024 * 1024;
/** How long a client may take to read the rest after Valkey has closed its connection. */
const LINGER = 5_000;

/** Listens on 127.0.0.1 and resolves when clients can connect. */
export function listen(machine: ValkeyMachine, port: number): Promise<Server> {
  return new Promise((resolve, reject) => {
    // Without noDelay each reply that follows another waits for the client's delayed ACK, some 40 ms.
    const server = createServer({ noDelay: true, allowHalfOpen: true }, (socket) =>
      machine.connect(peerOf(socket, machine)),
    );
    server.once('error', reject);
    server.listen({ host: '127.0.0.1', port, backlog: 511 }, () => resolve(server));
  });
}

function peerOf(socket: Socket, machine: ValkeyMachine): Peer {
  const peer: Peer = {
    incoming: [],
    ended: false,
    closed: false,
    isFull: () => socket.writableLength > SEND_BUFFER,
    send: (bytes) => void socket.write(bytes),
    close: () => {
      socket.setTimeout(LINGER, () => socket.destroy());
      socket.destroySoon();
    },
  };
  socket.on('data', (bytes) => {
    peer.incoming.push(bytes);
    machine.wake();
  });
  socket.on('end', () => {
    peer.ended = true;
    machine.wake();
  });
  socket.on('close', () => {
    peer.ended = true;
    peer.closed = true;
    machine.wake();
  });
  socket.on('drain', () => machine.wake());
  socket.on('error', () => undefined);
  return peer;
}

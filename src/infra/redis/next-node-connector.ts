// Connects to the nodes of a cluster in turn: messages reach every node, so whoever only listens needs just one,
// and takes the next when that is away.

import { connect, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { AbstractConnector } from 'ioredis';
import type { RedisNode } from '../../config/redis-address.js';
import { DISCONNECT_MS } from './connection-options.js';

/** The class of connectors for ioredis' option `Connector`; they share one turn. */
export function connectorOf(nodes: readonly RedisNode[], tls: boolean) {
  // Not always the first one, or it would serve the listeners of all processes.
  let turn = Math.floor(Math.random() * nodes.length);
  return class NextNodeConnector extends AbstractConnector {
    constructor() {
      super(DISCONNECT_MS);
    }

    override async connect(): Promise<Socket> {
      const node = nodes[turn++ % nodes.length];
      if (!node) throw new Error('no node to connect to');
      this.connecting = true;
      // ioredis wants to set its listeners before anything can go wrong.
      await new Promise((resolve) => process.nextTick(resolve));
      if (!this.connecting) throw new Error('Connection is closed.');
      const stream = tls ? connectTls({ ...node, servername: node.host }) : connect(node);
      stream.once('error', (error: Error) => {
        this.firstError = error;
      });
      this.stream = stream;
      return stream;
    }
  };
}

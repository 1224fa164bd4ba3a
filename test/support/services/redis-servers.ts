// A Redis Cluster of three nodes, and a master with a replica and sentinels: real servers on the loopback address.

import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { waitFor } from '../wait-for.js';
import { startProgram, type Program } from './program.js';
import { freePorts } from './ports.js';

/** A `redis-server` or `valkey-server`, version 7 or newer. */
export const REDIS_SERVER = process.env['MILEPOST_TEST_REDIS_SERVER'] ?? 'redis-server';
export const REDIS_PASSWORD = 'test';

const SLOTS = 16_384;
const NODES = 3;
/** A node's bus listens this much above its port, which must stay below 65,536. */
const BUS_OFFSET = 10_000;
const READY_WITHIN_MS = 60_000;

export interface RedisCluster {
  /** Takes `?prefix=` as well. */
  readonly url: string;
  readonly nodes: Program[];
  /** Starts a killed node again where it was, with what it had on disk: its place in the cluster, no keys. */
  restart(index: number): Promise<void>;
  stop(): Promise<void>;
}

/** Three masters that share the slots; files below `directory`. */
export async function startCluster(directory: string): Promise<RedisCluster> {
  const ports = await freePorts(NODES, { below: 65_536 - BUS_OFFSET, apart: BUS_OFFSET });
  const start = (port: number): Promise<Program> =>
    startServer(join(directory, `redis-${port}`), port, [
      '--cluster-enabled',
      'yes',
      '--cluster-node-timeout',
      '3000',
      '--cluster-require-full-coverage',
      'no',
      '--cluster-config-file',
      'nodes.conf',
    ]);
  const nodes: Program[] = [];
  const stop = async (): Promise<void> => {
    await Promise.all(nodes.map((node) => node.stop()));
  };
  try {
    for (const port of ports) nodes.push(await start(port));
    await joinNodes(ports);
  } catch (error) {
    await stop();
    throw error;
  }
  const hosts = ports.map((port) => `127.0.0.1:${port}`).join(',');
  return {
    url: `redis-cluster://:${REDIS_PASSWORD}@${hosts}`,
    nodes,
    stop,
    restart: async (index) => {
      const port = ports[index] ?? 0;
      nodes[index] = await start(port);
      await withServer(port, (server) =>
        waitFor('the node to be back', () => isWhole(server), READY_WITHIN_MS),
      );
    },
  };
}

export interface Sentinels {
  readonly url: string;
  readonly servers: readonly Program[];
  /** Port of the master, as a sentinel sees it. */
  masterPort(): Promise<number>;
  stop(): Promise<void>;
}

/** A master, a replica, and three sentinels that agree by two; files below `directory`. */
export async function startSentinels(directory: string): Promise<Sentinels> {
  const ports = await freePorts(5);
  const [master = 0, replica = 0, ...watchers] = ports;
  const running: Program[] = [];
  const stop = async (): Promise<void> => {
    await Promise.all(running.map((program) => program.stop()));
  };
  try {
    const secret = ['--masterauth', REDIS_PASSWORD];
    running.push(await startServer(join(directory, 'master'), master, secret));
    const following = ['--replicaof', '127.0.0.1', String(master), '--repl-diskless-sync-delay', '0'];
    running.push(await startServer(join(directory, 'replica'), replica, [...secret, ...following]));
    await withServer(replica, (server) =>
      waitFor(
        'the replica',
        async () => /master_link_status:up/.test(await server.info('replication')),
        READY_WITHIN_MS,
      ),
    );
    for (const port of watchers)
      running.push(await startSentinel(join(directory, `sentinel-${port}`), port, master));
    await Promise.all(watchers.map((port) => untilInformed(port, watchers.length)));
  } catch (error) {
    await stop();
    throw error;
  }
  const hosts = watchers.map((port) => `127.0.0.1:${port}`).join(',');
  return {
    url: `redis-sentinel://:${REDIS_PASSWORD}@${hosts}/milepost/0`,
    servers: running.slice(0, 2),
    stop,
    masterPort: () =>
      withSentinel(watchers[0] ?? 0, async (sentinel) => {
        const address = (await sentinel.call('SENTINEL', 'get-master-addr-by-name', 'milepost')) as string[];
        return Number(address[1]);
      }),
  };
}

function startServer(directory: string, port: number, options: readonly string[]): Promise<Program> {
  mkdirSync(directory, { recursive: true });
  const common = [
    '--port',
    String(port),
    '--bind',
    '127.0.0.1',
    '--dir',
    directory,
    '--save',
    '',
    '--appendonly',
    'no',
  ];
  const secret = ['--requirepass', REDIS_PASSWORD, '--masterauth', REDIS_PASSWORD];
  return startProgram(REDIS_SERVER, [...common, ...secret, ...options], port);
}

function startSentinel(directory: string, port: number, master: number): Promise<Program> {
  mkdirSync(directory, { recursive: true });
  const file = join(directory, 'sentinel.conf');
  const lines = [
    `port ${port}`,
    'bind 127.0.0.1',
    `dir ${directory}`,
    `sentinel monitor milepost 127.0.0.1 ${master} 2`,
    `sentinel auth-pass milepost ${REDIS_PASSWORD}`,
    'sentinel down-after-milliseconds milepost 1000',
    'sentinel failover-timeout milepost 5000',
  ];
  writeFileSync(file, `${lines.join('\n')}\n`);
  return startProgram(REDIS_SERVER, [file, '--sentinel'], port);
}

/** Shares out the slots and makes the nodes known to each other. */
async function joinNodes(ports: readonly number[]): Promise<void> {
  const [first = 0] = ports;
  for (const [index, port] of ports.entries()) {
    await withServer(port, async (server) => {
      const [from, end] = [index, index + 1].map((part) => Math.floor((part * SLOTS) / ports.length));
      await server.call('CLUSTER', 'ADDSLOTSRANGE', String(from), String((end ?? 0) - 1));
      await server.call('CLUSTER', 'SET-CONFIG-EPOCH', String(index + 1));
      if (port !== first) await server.call('CLUSTER', 'MEET', '127.0.0.1', String(first));
    });
  }
  for (const port of ports) {
    await withServer(port, (server) =>
      waitFor('the cluster to be whole', () => isWhole(server, ports.length), READY_WITHIN_MS),
    );
  }
}

async function isWhole(server: Redis, nodes = NODES): Promise<boolean> {
  const info = (await server.call('CLUSTER', 'INFO')) as string;
  return (
    info.includes('cluster_state:ok') &&
    info.includes(`cluster_slots_ok:${SLOTS}`) &&
    info.includes(`cluster_known_nodes:${nodes}`)
  );
}

/** Until a sentinel knows the replica and the other sentinels: only then can it replace the master. */
async function untilInformed(port: number, sentinels: number): Promise<void> {
  const expected = new RegExp(`name=milepost,status=ok.*slaves=1,sentinels=${sentinels}`);
  await withSentinel(port, (sentinel) =>
    waitFor(
      'a sentinel to know the others',
      async () => expected.test(await sentinel.info('sentinel')),
      READY_WITHIN_MS,
    ),
  );
}

function withServer<Result>(port: number, work: (server: Redis) => Promise<Result>): Promise<Result> {
  return withClient(new Redis({ port, host: '127.0.0.1', password: REDIS_PASSWORD }), work);
}

function withSentinel<Result>(port: number, work: (sentinel: Redis) => Promise<Result>): Promise<Result> {
  return withClient(new Redis({ port, host: '127.0.0.1' }), work);
}

async function withClient<Result>(client: Redis, work: (client: Redis) => Promise<Result>): Promise<Result> {
  client.on('error', () => undefined);
  try {
    return await work(client);
  } finally {
    client.disconnect();
  }
}

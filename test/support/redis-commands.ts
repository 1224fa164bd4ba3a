// Listens to the commands that the application sends to Redis, whatever kind of Redis the run has.

import { CountedCluster } from '../../src/infra/redis/counted-cluster.js';
import { CountedRedis } from '../../src/infra/redis/counted-redis.js';

/**
 * Calls `hear` with the name of each command when it is sent, which then goes on; a connection to one node of a
 * cluster is not heard of again.
 * @returns how to stop that; jest.restoreAllMocks() does it as well
 */
export function onRedisCommands(hear: (name: string) => void): () => void {
  const send = CountedRedis.prototype.sendCommand;
  const ofServers = jest.spyOn(CountedRedis.prototype, 'sendCommand');
  ofServers.mockImplementation(function (this: CountedRedis, ...args) {
    hear(args[0].name);
    return send.apply(this, args);
  });
  const sendInCluster = CountedCluster.prototype.sendCommand;
  const ofClusters = jest.spyOn(CountedCluster.prototype, 'sendCommand');
  ofClusters.mockImplementation(function (this: CountedCluster, ...args) {
    // Finding out where the slots are belongs to the connection.
    if (args[0].name !== 'cluster') hear(args[0].name);
    return sendInCluster.apply(this, args);
  });
  return () => {
    ofServers.mockRestore();
    ofClusters.mockRestore();
  };
}

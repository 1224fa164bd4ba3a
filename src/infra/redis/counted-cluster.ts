// A client of a Redis Cluster that counts its round trips, and that stops asking a node which does not answer.

import { Cluster, type Redis } from 'ioredis';
import { onTimeout, RoundTrips } from './round-trips.js';

type SendCommand = Cluster['sendCommand'];

export class CountedCluster extends Cluster {
  // Made when first needed: the base class may send commands before the fields of this one are set.
  private roundTrips?: RoundTrips;

  override sendCommand(...[command, stream, node]: Parameters<SendCommand>): ReturnType<SendCommand> {
    (this.roundTrips ??= new RoundTrips()).count(stream, this.status === 'ready');
    const answer = super.sendCommand(command, stream, node);
    if (this.options.redisOptions?.commandTimeout !== undefined) {
      onTimeout(command.promise, () => this.leave(command.getSlot()));
    }
    return answer;
  }

  /**
   * After one timeout the connection to the node is made anew. Until it answers its handshake, commands for it
   * are refused at once, so a paused node costs one timeout and not one for each request.
   */
  private leave(slot: number | null): void {
    const address = slot === null ? undefined : this.slots[slot]?.[0];
    const node = this.nodes('master').find((candidate) => addressOf(candidate) === address);
    if (node?.status === 'ready') node.disconnect(true);
  }
}

function addressOf({ options }: Redis): string {
  return `${options.host}:${options.port}`;
}

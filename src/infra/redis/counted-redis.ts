// A Redis client that counts its round trips on the request they belong to, and that stops asking a server
// which does not answer.

import { Redis } from 'ioredis';
import { onTimeout, RoundTrips } from './round-trips.js';

type SendCommand = Redis['sendCommand'];

export class CountedRedis extends Redis {
  // Made when first needed: the base class may send commands before the fields of this one are set.
  private roundTrips?: RoundTrips;
  private leaving = false;

  override sendCommand(...[command, stream]: Parameters<SendCommand>): ReturnType<SendCommand> {
    // The handshake of a connection is nobody's round trip, even when a request happened to start it.
    (this.roundTrips ??= new RoundTrips()).count(stream, this.status === 'ready');
    const answer = super.sendCommand(command, stream);
    if (this.options.commandTimeout !== undefined) onTimeout(command.promise, () => this.leave());
    return answer;
  }

  /**
   * After one timeout the connection is made anew. Until the server answers its handshake, commands are
   * refused at once, so a paused Redis costs one timeout and not one for each request.
   */
  private leave(): void {
    // The status stays `ready` until the connection has closed; the other commands on it run out of time too.
    if (this.leaving || this.status !== 'ready') return;
    this.leaving = true;
    this.once('close', () => (this.leaving = false));
    this.disconnect(true);
  }
}

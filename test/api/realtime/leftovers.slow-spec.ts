// What comes and goes leaves nothing behind.

import { SocketHub } from '../../../src/infra/realtime/socket-hub.js';
import { SocketSessions } from '../../../src/infra/realtime/socket-sessions.js';
import { StreamFeed } from '../../../src/infra/realtime/stream-feed.js';
import { startApp, type TestApp } from '../../support/app.js';
import { aUser, type SignedInUser } from '../../support/builders.js';
import { TestSocket } from '../../support/socket.js';
import { waitFor } from '../../support/wait-for.js';

const ROUNDS = 20;
const AT_ONCE = 25;

describe('connections that come and go', () => {
  let app: TestApp;
  let user: SignedInUser;

  beforeAll(async () => {
    app = await startApp();
    user = await aUser(app);
  });
  afterAll(() => app.close());

  it('leave no session, stream or room, whether they waited for the welcome or not', async () => {
    const sessions = app.get(SocketSessions);
    const feed = app.get(StreamFeed);
    for (let round = 0; round < ROUNDS; round += 1) {
      const sockets = Array.from({ length: AT_ONCE }, () =>
        TestSocket.to(app.url, { auth: { token: user.accessToken } }),
      );
      if (round % 2) await Promise.all(sockets.map((socket) => socket.opened()));
      else await Promise.all(sockets.map((socket) => waitFor('CONNECT', () => socket.client.connected)));
      expect(sessions.size).toBeGreaterThan(0);
      for (const socket of sockets) socket.close();
      await waitFor('all to be gone', () => sessions.size === 0 && feed.size === 0);
    }
    expect(sessions.users).toEqual([]);
    expect(app.get(SocketHub).rooms).toBe(0);
    const metrics = await app.http().get('/metrics').expect(200);
    expect(metrics.text).toMatch(/^milepost_sockets 0$/m);
  });
});

import { dataOf, type Milepost } from '../../../packages/client/src/index.js';
import { startApp, type TestApp } from '../../support/app.js';
import { Cable } from '../../support/cable.js';
import { waitFor } from '../../support/wait-for.js';
import { aClient } from './client-of.js';

describe('events of the client', () => {
  let app: TestApp;
  let cable: Cable;
  beforeAll(async () => {
    app = await startApp({ settings: { RATE_LIMIT_SOCKET_PER_10_SECONDS: '10000' } });
    cable = await Cable.to(app.url);
  });
  afterAll(async () => {
    cable.close();
    await app.close();
  });

  function connected(client: Milepost): Promise<void> {
    const done = new Promise<void>((resolve) => {
      const stop = client.realtime.on('state', (state) => {
        if (state !== 'connected') return;
        stop();
        resolve();
      });
    });
    client.realtime.connect();
    return done;
  }

  it('come once and in order over a line that is cut again and again', async () => {
    const { client } = await aClient(app, { url: cable.url });
    const heard: { seq: number; title: string }[] = [];
    client.realtime.on('task.created', ({ seq, data }) => heard.push({ seq, title: data.title }));
    await connected(client);
    const titles = Array.from({ length: 30 }, (_, index) => `Task ${index}`);
    for (const [index, title] of titles.entries()) {
      await client.rest.POST('/api/v1/tasks', { body: { title } });
      if (index % 7 === 3) cable.interrupt();
    }
    await waitFor('all events', () => heard.length >= titles.length);
    expect(heard.map(({ title }) => title)).toEqual(titles);
    const seqs = heard.map(({ seq }) => seq);
    expect(seqs).toEqual([...new Set(seqs)].sort((one, other) => one - other));
    client.close();
  });

  it('go on in another process where this one has stopped', async () => {
    const { client, user } = await aClient(app);
    await connected(client);
    const since = client.realtime.positions;
    client.realtime.disconnect();
    await dataOf(client.rest.POST('/api/v1/tasks', { body: { title: 'Meanwhile' } }));
    const { Milepost } = await import('../../../packages/client/src/index.js');
    const next = new Milepost({ url: app.url, realtime: { since } });
    await next.session.signIn(user.username, 'a long pass phrase');
    const heard: string[] = [];
    next.realtime.on('task.created', ({ data }) => heard.push(data.title));
    await connected(next);
    expect(heard).toEqual(['Meanwhile']);
    client.close();
    next.close();
  });

  it('store a message once that was written while the line was dead', async () => {
    const { client } = await aClient(app, { url: cable.url });
    await connected(client);
    const { room } = await client.realtime.emit('room.join', { room: await aRoom(client) });
    cable.cut();
    const written = ['first', 'second'].map((body) => client.realtime.sendMessage({ room: room.id, body }));
    await waitFor('the cut to be noticed', () => !client.realtime.connected);
    cable.mend();
    const messages = await Promise.all(written);
    const path = { room: room.id };
    const { items } = await dataOf(
      client.rest.GET('/api/v1/chat/rooms/{room}/messages', { params: { path } }),
    );
    expect(items.map(({ id }) => id).sort()).toEqual(messages.map(({ id }) => id).sort());
    client.close();
  });

  it('refuse to wait for ever for an acknowledgement, and name the refusals of the server', async () => {
    const { client } = await aClient(app);
    await connected(client);
    await expect(client.realtime.emit('room.join', { room: 'there-is-none' })).rejects.toMatchObject({
      code: 'room_not_found',
    });
    client.close();
  });

  it('end when the session does, and say why', async () => {
    const { client, user } = await aClient(app);
    const closed: string[] = [];
    client.realtime.on('closed', ({ code }) => closed.push(code));
    await connected(client);
    const { items } = await dataOf(client.rest.GET('/api/v1/auth/sessions'));
    const current = items.find((session) => session.current);
    await app.http().delete(`/api/v1/auth/sessions/${current?.id}`).set(user.headers).expect(204);
    await waitFor('the end', () => closed.length > 0);
    expect(closed).toEqual(['session_revoked']);
    expect(client.realtime.connected).toBe(false);
    client.close();
  });

  async function aRoom(client: Milepost): Promise<string> {
    const name = `room-${Math.random().toString(36).slice(2)}`;
    return (await dataOf(client.rest.POST('/api/v1/chat/rooms', { body: { name } }))).id;
  }
});

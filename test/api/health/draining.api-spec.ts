// The end of a process as a load balancer sees it.

import { startApp } from '../../support/app.js';
import { aUser } from '../../support/builders.js';
import { waitFor } from '../../support/wait-for.js';

describe('a process that was asked to end', () => {
  it('serves who comes until its time is over, says at once that it is not ready, and closes connections', async () => {
    const app = await startApp({ settings: { DRAIN_SECONDS: '3' } });
    const user = await aUser(app);
    const closed = app.close();
    // A connection of its own each, as clients make that have not noticed yet.
    const ready = await app.http().get('/health/ready').expect(503);
    expect(ready.body).toMatchObject({ status: 'unavailable', checks: { database: 'up', migrations: 'up' } });
    expect(ready.headers).toMatchObject({ connection: 'close', 'retry-after': '1' });
    const answer = await app
      .http()
      .post('/api/v1/tasks')
      .set(user.headers)
      .send({ title: 'late' })
      .expect(201);
    expect(answer.headers['connection']).toBe('close');
    await waitFor('the port to be closed', () =>
      fetch(`${app.url}/health/live`).then(
        () => false,
        () => true,
      ),
    );
    await closed;
  });
});

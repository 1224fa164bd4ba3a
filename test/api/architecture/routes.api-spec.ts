import { clientEventsOf, routesOf, undeclaredRoutes } from '../../architecture/routes.js';
import { startApp, type TestApp } from '../../support/app.js';

describe('every route of the running API', () => {
  let app: TestApp;

  beforeAll(async () => {
    app = await startApp();
  });
  afterAll(() => app.close());

  it('declares exactly one access', () => {
    const routes = routesOf(app.api);
    expect(undeclaredRoutes(routes)).toEqual([]);
    expect(routes.map(({ name }) => name)).toContain('TasksController.create');
  });

  it('declares exactly one access per client event of sockets', () => {
    const events = clientEventsOf(app.api);
    expect(undeclaredRoutes(events)).toEqual([]);
    expect(events.map(({ name }) => name)).toContain('EventsGateway.catchUp');
  });
});

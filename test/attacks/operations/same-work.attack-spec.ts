// Attack: telling from the work that a request costs whether an account exists. The work is counted, not timed.
// Sign-in and forgotten passwords are counted where they are tested: test/api/auth and test/api/account.

import { PasswordHasher } from '../../../src/features/users/password-hasher.js';
import { startApp, type TestApp } from '../../support/app.js';
import { aUser, PASSWORD } from '../../support/builders.js';

describe('the work of a request', () => {
  let app: TestApp;
  beforeAll(async () => {
    app = await startApp();
    await aUser(app, { username: 'taken', email: 'taken@example.com' });
  });
  afterAll(() => app.close());

  it.each([
    ['a new name', { username: 'not-taken' }, 201],
    ['a name that is taken', { username: 'TAKEN' }, 409],
    ['an address that is taken', { email: 'Taken@example.com' }, 409],
  ])('to register is one hash, for %s', async (_what, fields, status) => {
    const hash = jest.spyOn(PasswordHasher.prototype, 'hash');
    const answer = await app
      .http()
      .post('/api/v1/auth/register')
      .send({ ...fields, password: PASSWORD });
    expect([answer.status, hash.mock.calls.length]).toEqual([status, 1]);
    hash.mockRestore();
  });

  it.each(['taken', 'nobody'])(
    'to sign in badly is one verification, for %s, by either route',
    async (username) => {
      const verify = jest.spyOn(PasswordHasher.prototype, 'verify');
      const login = await app.http().post('/api/v1/auth/login').send({ username, password: 'not the one' });
      const form = { grant_type: 'password', username, password: 'not the one' };
      const token = await app.http().post('/api/v1/auth/token').type('form').send(form);
      expect([login.status, token.status, verify.mock.calls.length]).toEqual([401, 400, 2]);
      verify.mockRestore();
    },
  );
});

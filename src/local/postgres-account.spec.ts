import { chooseAccount, dataDirectoryArgument } from './postgres-account.js';

const root = { uid: 0, gid: 0 };
const user = { uid: 1000, gid: 1000 };
const nobody = { uid: 65_534, gid: 65_534 };

describe('account of the embedded PostgreSQL', () => {
  it.each([
    ['a user, no data yet', undefined, user, { ...user, stepDown: false }],
    ['a user, data of their own', user, user, { ...user, stepDown: false }],
    ['root, no data yet', undefined, root, { ...nobody, stepDown: true }],
    ['root, data made as root', nobody, root, { ...nobody, stepDown: true }],
    ['root, data of a user', user, root, { ...user, stepDown: true }],
  ])('%s', (_, owner, self, expected) => {
    expect(chooseAccount('/data', owner, self)).toEqual(expected);
  });

  it('explains data that another user made', () => {
    expect(() => chooseAccount('/data', nobody, user)).toThrow(
      '/data belongs to user 65534 (it was made by a start as root)',
    );
  });

  it('explains data of root', () => {
    expect(() => chooseAccount('/data', root, root)).toThrow('/data belongs to root');
  });

  it('names the directory by its path unless it steps down', () => {
    expect(dataDirectoryArgument({ ...user, stepDown: false }, '/data')).toBe('/data');
  });
});

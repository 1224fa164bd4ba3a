import { sessionRevoked, userChanged, type UserAccess } from './access-change.js';
import { AccessLedger } from './access-ledger.js';

const admin: UserAccess = { role: 'admin', tier: 'free', status: 'active' };
const inactive: UserAccess = { role: 'user', tier: 'free', status: 'inactive' };

describe('AccessLedger', () => {
  it('knows nothing of a session that was not revoked', () => {
    const ledger = new AccessLedger();
    ledger.add({ id: 1, at: 0, change: sessionRevoked('user', 'session') });
    expect(ledger.find('session_revoked', 'session')).toBeDefined();
    expect(ledger.find('session_revoked', 'other')).toBeUndefined();
    expect(ledger.find('api_key_revoked', 'session')).toBeUndefined();
  });

  it('keeps the later of two changes of a user, whichever is read first', () => {
    const ledger = new AccessLedger();
    expect(ledger.add({ id: 8, at: 20, change: userChanged('user', inactive) })).toBe(true);
    expect(ledger.add({ id: 7, at: 10, change: userChanged('user', admin) })).toBe(false);
    expect(ledger.find('user_changed', 'user')?.access).toEqual(inactive);
  });

  it('reports a change that comes twice as new only once', () => {
    const ledger = new AccessLedger();
    const recorded = { id: 3, at: 0, change: sessionRevoked('user', 'session') };
    expect([ledger.add(recorded), ledger.add(recorded)]).toEqual([true, false]);
  });

  it('forgets what is older than every token', () => {
    const ledger = new AccessLedger();
    ledger.add({ id: 1, at: 100, change: sessionRevoked('user', 'old') });
    ledger.add({ id: 2, at: 200, change: sessionRevoked('user', 'new') });
    ledger.forgetBefore(200);
    expect(ledger.find('session_revoked', 'old')).toBeUndefined();
    expect(ledger.find('session_revoked', 'new')).toBeDefined();
    expect(ledger.size).toBe(1);
  });
});

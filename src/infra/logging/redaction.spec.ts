import { redactPath } from './redaction.js';

const TOKEN = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJ0123-_x';

describe('redactPath', () => {
  it('takes out the query and what is as long as a token', () => {
    expect(redactPath(`/api/v1/file-links/${TOKEN}?token=${TOKEN}`)).toBe('/api/v1/file-links/[redacted]');
    expect(redactPath(`/API/v1/File-Links/${TOKEN}/more`)).toBe('/API/v1/File-Links/[redacted]/more');
  });

  it('leaves ids and names', () => {
    const path = '/api/v1/notifications/0197a000-0000-7000-8000-000000000000/read-all';
    expect(redactPath(path)).toBe(path);
  });
});

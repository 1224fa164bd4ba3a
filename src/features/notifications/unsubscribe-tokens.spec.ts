import { AppError } from '../../common/errors/app-error.js';
import { loadServiceConfig } from '../../config/app-config.js';
import { UnsubscribeTokens } from './unsubscribe-tokens.js';

const userId = '0197a000-0000-7000-8000-000000000001';

function tokensOf(secret: string): UnsubscribeTokens {
  return new UnsubscribeTokens(
    loadServiceConfig({
      NODE_ENV: 'test',
      DATABASE_URL: 'postgres://localhost/none',
      REDIS_URL: 'redis://localhost',
      JWT_SECRET: secret,
    }),
  );
}

describe('UnsubscribeTokens', () => {
  const tokens = tokensOf('one secret of this test');
  const token = tokens.create({ userId, type: 'task_created' });

  it('are read by every process with the same secret, and stand in a URL as they are', () => {
    expect(tokensOf('one secret of this test').read(token)).toEqual({ userId, type: 'task_created' });
    expect(encodeURIComponent(token)).toBe(token);
  });

  it.each([
    ['another user', token.replace(userId, '0197a000-0000-7000-8000-000000000002')],
    ['another type', token.replace('task_created', 'room_invitation')],
    [
      'a type that cannot be switched off',
      tokens.create({ userId, type: 'security_notice' as 'task_created' }),
    ],
    ['another signature', `${token.slice(0, -2)}AA`],
    ['a signature cut short', token.slice(0, -1)],
    ['something after it', `${token}A`],
    ['nothing', ''],
  ])('are refused with %s', (_fault, forged) => {
    expect(() => tokens.read(forged)).toThrow(AppError);
  });

  it('of another installation are refused', () => {
    expect(() => tokensOf('another secret').read(token)).toThrow(AppError);
  });
});

import { AppError } from '../../common/errors/app-error.js';
import { describeFailure } from './job-failure.js';

describe('describeFailure', () => {
  it('retries what an unknown error broke, and shows nothing of it', () => {
    expect(describeFailure(new Error('password=hunter2 at /srv/app.js'))).toEqual({
      failure: { code: 'internal_error', detail: 'Internal error' },
      retryable: true,
    });
  });

  it('gives up at an AppError that will not go away', () => {
    expect(describeFailure(new AppError('mail_rejected', { detail: 'no such mailbox' }))).toEqual({
      failure: { code: 'mail_rejected', detail: 'no such mailbox' },
      retryable: false,
    });
  });

  it('retries when the database was away', () => {
    const error = Object.assign(new Error('connect'), { code: 'ECONNREFUSED' });
    expect(describeFailure(error)).toMatchObject({
      failure: { code: 'service_unavailable' },
      retryable: true,
    });
  });
});

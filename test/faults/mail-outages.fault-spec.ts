// A mail server that does everything a mail server can do wrong. Signing up works all the same, each mail arrives
// once or is dead with a reason, and a worker that waits for the server goes on with everything else.

import { ApiClient } from '../support/api-client.js';
import { Deployment } from '../support/deployment.js';
import type { SmtpMode, TestSmtpServer } from '../support/smtp-server.js';
import { waitFor } from '../support/wait-for.js';
import { AcceptedJobs } from './accepted-jobs.js';

/** Mails of somebody who signs up: a welcome, and a link that confirms the address. */
const MAILS = 2;
/** More than a worker sends at once. */
const MANY = 30;
const LONG = 120_000;

describe('fault table: the mail server', () => {
  let deployment: Deployment;
  let jobs: AcceptedJobs;
  let smtp: TestSmtpServer;
  let url: string;

  beforeAll(async () => {
    deployment = await Deployment.start({ smtp: true });
    jobs = new AcceptedJobs(deployment);
    if (!deployment.smtp) throw new Error('there is no mail server');
    smtp = deployment.smtp;
    url = deployment.apis[0]?.url ?? '';
  });
  afterEach(async () => {
    await smtp.behave('ok');
    expect(deployment.unexpectedEnds).toEqual([]);
  });
  afterAll(() => deployment.stop());

  /** Somebody new, whose sign-up was answered with 201 while the server behaves like this. */
  async function signUpWhile(mode: SmtpMode): Promise<ApiClient> {
    await smtp.behave(mode);
    const user = new ApiClient(url);
    await user.signUp();
    return user;
  }

  const mailJobsOf = (user: ApiClient) => jobs.with(user.id);
  const triedAgain = (user: ApiClient) =>
    waitFor(
      'each mail to be tried again',
      async () => {
        // No further: the other attempts are for when the server is well.
        await jobs.hurry(2);
        return (await mailJobsOf(user)).every(({ attempts }) => attempts >= 2);
      },
      LONG,
    );
  const allIn = (user: ApiClient, state: string) =>
    waitFor(
      `the mails to be ${state}`,
      async () => {
        await jobs.hurry();
        const rows = await mailJobsOf(user);
        return rows.every((job) => job.state === state) ? rows : undefined;
      },
      LONG,
    );

  async function expectOneDeliveryOfEach(user: ApiClient): Promise<void> {
    const rows = await allIn(user, 'succeeded');
    expect(rows).toHaveLength(MAILS);
    const sent = rows.map(({ result }) => (result as { messageId: string }).messageId).sort();
    expect(
      smtp
        .mailsTo(user.email)
        .map(({ messageId }) => messageId)
        .sort(),
    ).toEqual(sent);
  }

  it.each(['slow', 'drops', 'defers-once'] as const)(
    'SMTP %s: sign-up is 201, and each mail is delivered once',
    async (mode) => {
      const user = await signUpWhile(mode);
      if (mode === 'defers-once') await triedAgain(user);
      await expectOneDeliveryOfEach(user);
    },
  );

  it.each(['refuses', 'silent'] as const)(
    'SMTP %s: sign-up is 201, the mails are tried again, and delivered once when it is well',
    async (mode) => {
      const user = await signUpWhile(mode);
      await triedAgain(user);
      expect(smtp.mailsTo(user.email)).toEqual([]);
      await smtp.behave('ok');
      await expectOneDeliveryOfEach(user);
    },
  );

  it.each([
    ['rejects', 1, { code: 'mail_rejected', detail: 'The mail server answered 550.' }],
    ['defers', 5, { code: 'mail_deferred', detail: 'The mail server answered 451.' }],
  ] as const)(
    'SMTP %s: sign-up is 201, after %d attempts the mails are dead with a reason',
    async (...row) => {
      const [mode, attempts, error] = row;
      const user = await signUpWhile(mode);
      for (const job of await allIn(user, 'failed')) expect(job).toMatchObject({ attempts, error });
      expect(smtp.mailsTo(user.email)).toEqual([]);
    },
  );

  it('SMTP silent, with more mails than slots: other jobs run, and the slots come free', async () => {
    const user = await ApiClient.signedUp(url);
    await allIn(user, 'succeeded');
    await smtp.behave('silent');
    const before = smtp.connections;
    for (let count = 0; count < MANY; count += 1)
      await user.ask('POST', '/api/v1/tasks', { title: `${count}` });
    await waitFor('the server to be tried', () => smtp.connections > before, LONG);

    const { id } = await user.ask<{ id: string }>('POST', '/api/v1/jobs/process-data', { items: [1] });
    await jobs.inState(id, 'succeeded');
    expect(smtp.mailsTo(user.email)).toHaveLength(MAILS);
    await waitFor('the mails that had to wait for a slot', () => smtp.connections >= before + MANY, LONG);

    await smtp.behave('ok');
    expect(await jobs.settled()).not.toContainEqual(expect.objectContaining({ name: 'mail.task_created' }));
    const subjects = smtp.mailsTo(user.email).map(({ subject }) => subject);
    expect(new Set(subjects).size).toBe(MAILS + MANY);
    expect(subjects).toHaveLength(MAILS + MANY);
  });
});

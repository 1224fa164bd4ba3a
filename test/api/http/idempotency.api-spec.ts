// Idempotency-Key: the same request again gets the same answer again, and has no second effect.

import { Controller, HttpCode, Body, Post, Res } from '@nestjs/common';
import type { Response } from 'express';
import { Client } from 'pg';
import { z } from 'zod';
import { Public } from '../../../src/common/auth/access.decorator.js';
import { AppError } from '../../../src/common/errors/app-error.js';
import { Versioned } from '../../../src/common/http/versioned.decorator.js';
import { Database } from '../../../src/infra/database/database.js';
import { IdempotencyRepository } from '../../../src/infra/idempotency/idempotency.repository.js';
import { Idempotent } from '../../../src/infra/idempotency/idempotent.decorator.js';
import { dropDatabase, migratedDatabase } from '../../support/test-database.js';
import { waitFor } from '../../support/wait-for.js';
import { expectProblem } from './expectations.js';
import { startHttp, type HttpTestApp } from './http-test-app.js';

const thingSchema = z.strictObject({ name: z.string().min(1), fail: z.boolean().optional() });

@Public()
@Controller('things')
class ThingsController {
  constructor(private readonly database: Database) {}

  @Post()
  @HttpCode(202)
  @Versioned()
  @Idempotent()
  async create(
    @Body({ schema: thingSchema }) { name, fail }: z.infer<typeof thingSchema>,
    @Res({ passthrough: true }) response: Response,
  ): Promise<object> {
    const [row] = await this.database.query<{ id: number }>(
      'INSERT INTO things (name) VALUES ($1) RETURNING id',
      [name],
    );
    // A lock that tests hold, to keep this request running as long as they like.
    await this.database.query('SELECT pg_advisory_xact_lock_shared(1)');
    if (fail) throw new AppError('conflict');
    response.setHeader('Location', `/things/${row?.id}`);
    return { id: row?.id, name, version: 3, secret: 'mlp_fresh-key' };
  }

  @Post('empty')
  @HttpCode(204)
  @Idempotent()
  async empty(): Promise<void> {
    await this.database.query(`INSERT INTO things (name) VALUES ('empty')`);
  }
}

describe('Idempotency-Key', () => {
  let app: HttpTestApp;
  let databaseUrl: string;
  let database: Database;

  beforeAll(async () => {
    databaseUrl = await migratedDatabase();
    const setup = new Client({ connectionString: databaseUrl });
    await setup.connect();
    await setup.query('CREATE TABLE things (id serial, name text)');
    await setup.end();
    app = await startHttp({ controllers: [ThingsController], databaseUrl });
    database = app.app.get(Database, { strict: false });
  });
  afterAll(async () => {
    await app.close();
    await dropDatabase(databaseUrl);
  });

  const send = (key: string, body: object = { name: 'a' }, path = '') =>
    app.http().post(`/api/v1/things${path}`).set('Idempotency-Key', key).send(body);
  const thingsNamed = async (name: string) =>
    (await database.query('SELECT 1 FROM things WHERE name = $1', [name])).length;

  it('gives the first answer again, with its status and headers', async () => {
    const first = await send('again', { name: 'again' }).expect(202);
    expect(first.headers).not.toHaveProperty('idempotent-replayed');
    const second = await send('again', { name: 'again' }).expect(202);
    expect(second.body).toEqual(first.body);
    expect(second.headers).toMatchObject({
      'idempotent-replayed': 'true',
      location: first.headers['location'],
      etag: '"3"',
    });
    expect(await thingsNamed('again')).toBe(1);
  });

  it('repeats an answer without a body', async () => {
    await send('none', {}, '/empty').expect(204);
    const again = await send('none', {}, '/empty').expect(204);
    expect(again.headers['idempotent-replayed']).toBe('true');
    expect(await thingsNamed('empty')).toBe(1);
  });

  it('refuses another body under the same key, and a key that is none', async () => {
    await send('reused', { name: 'x' }).expect(202);
    expectProblem(await send('reused', { name: 'y' }), 422, 'idempotency_key_reused');
    for (const bad of ['with space', 'x'.repeat(256), 'ü']) {
      expectProblem(await send(bad), 422, 'validation_failed');
    }
  });

  it('keeps nothing of a request that failed', async () => {
    expectProblem(await send('failed', { name: 'failed', fail: true }), 409, 'conflict');
    expectProblem(await send('failed', { name: '' }), 422, 'validation_failed');
    expect(await thingsNamed('failed')).toBe(0);
    await send('failed', { name: 'failed' }).expect(202);
    expect(await thingsNamed('failed')).toBe(1);
  });

  it('answers 409 while the first request runs, and holds no connection for it', async () => {
    const holder = new Client({ connectionString: databaseUrl });
    await holder.connect();
    await holder.query('SELECT pg_advisory_lock(1)');
    const first = send('slow', { name: 'slow' }).then((answer) => answer);
    await waitFor('the first request to hang', async () => {
      const { rows } = await holder.query(
        `SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND NOT granted`,
      );
      return rows.length > 0;
    });
    const meanwhile = await send('slow', { name: 'slow' });
    expectProblem(meanwhile, 409, 'idempotency_in_progress');
    expect(meanwhile.headers['retry-after']).toBe('1');
    await holder.end();
    expect((await first).status).toBe(202);
    expect((await send('slow', { name: 'slow' })).headers['idempotent-replayed']).toBe('true');
  });

  it('lets one of twenty equal requests through', async () => {
    const answers = await Promise.all(Array.from({ length: 20 }, () => send('twenty', { name: 'twenty' })));
    for (const { status } of answers) expect([202, 409]).toContain(status);
    expect(
      answers.filter(({ status, headers }) => status === 202 && !headers['idempotent-replayed']),
    ).toHaveLength(1);
    expect(await thingsNamed('twenty')).toBe(1);
  });

  it('stores neither the key, nor the body, nor the answer in the clear, and forgets after a day', async () => {
    await send('visible-key', { name: 'visible-body' }).expect(202);
    const dump = JSON.stringify(
      await database.query(
        `SELECT encode(id, 'escape'), encode(fingerprint, 'escape'), encode(answer, 'escape') FROM idempotency_keys`,
      ),
    );
    expect(dump).not.toMatch(/visible-key|visible-body|mlp_fresh-key/);
    await database.query(`UPDATE idempotency_keys SET expires_at = now() - interval '1 second'`);
    const anew = await send('visible-key', { name: 'other' }).expect(202);
    expect(anew.headers).not.toHaveProperty('idempotent-replayed');
    const kept = await app.app.get(IdempotencyRepository).purgeExpired(new AbortController().signal);
    expect(kept).toBeGreaterThan(0);
    expect((await send('visible-key', { name: 'other' })).headers['idempotent-replayed']).toBe('true');
  });
});

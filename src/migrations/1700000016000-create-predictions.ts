import type { MigrationInterface, QueryRunner } from 'typeorm';

export class CreatePredictions1700000016000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE predictions (
        id uuid NOT NULL CONSTRAINT predictions_pkey PRIMARY KEY,
        owner_id uuid NOT NULL CONSTRAINT predictions_owner_fkey REFERENCES users (id) ON DELETE CASCADE,
        model_id uuid NOT NULL,
        version integer NOT NULL,
        state text NOT NULL,
        input jsonb,
        rows integer NOT NULL,
        result jsonb,
        cached boolean NOT NULL,
        error jsonb,
        job_id uuid,
        created_at timestamptz(3) NOT NULL,
        CONSTRAINT predictions_state_check CHECK (state IN ('pending', 'completed', 'failed'))
      )`);
    await runner.query('CREATE INDEX predictions_by_owner ON predictions (owner_id, id)');
    await runner.query('CREATE INDEX predictions_by_time ON predictions (created_at)');
    await runner.query('CREATE UNIQUE INDEX predictions_job_unique ON predictions (job_id)');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE predictions');
  }
}

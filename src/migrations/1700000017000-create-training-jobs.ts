import type { MigrationInterface, QueryRunner } from 'typeorm';

export class CreateTrainingJobs1700000017000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE training_jobs (
        job_id uuid NOT NULL CONSTRAINT training_jobs_pkey PRIMARY KEY,
        model_id uuid NOT NULL CONSTRAINT training_jobs_model_fkey REFERENCES models (id) ON DELETE CASCADE,
        owner_id uuid NOT NULL,
        dataset_id uuid NOT NULL,
        request jsonb NOT NULL,
        source jsonb NOT NULL,
        metrics jsonb,
        version integer,
        log jsonb NOT NULL DEFAULT '[]',
        checkpoint_key text,
        ended jsonb
      )`);
    await runner.query('CREATE INDEX training_jobs_by_model ON training_jobs (model_id, job_id)');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE training_jobs');
  }
}

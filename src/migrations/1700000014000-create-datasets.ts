import type { MigrationInterface, QueryRunner } from 'typeorm';

export class CreateDatasets1700000014000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE datasets (
        id uuid NOT NULL CONSTRAINT datasets_pkey PRIMARY KEY,
        owner_id uuid NOT NULL CONSTRAINT datasets_owner_fkey REFERENCES users (id) ON DELETE CASCADE,
        file_id uuid CONSTRAINT datasets_file_fkey REFERENCES files (id) ON DELETE SET NULL,
        job_id uuid NOT NULL,
        state text NOT NULL,
        error jsonb,
        rows bigint,
        columns jsonb,
        sample jsonb,
        storage_key text CONSTRAINT datasets_storage_key_fkey REFERENCES stored_objects (key),
        sha256 bytea,
        delimiter text,
        decimal text,
        created_at timestamptz(3) NOT NULL DEFAULT now(),
        CONSTRAINT datasets_state_check CHECK (state IN ('profiling', 'ready', 'invalid')),
        CONSTRAINT datasets_ready_check CHECK (state <> 'ready' OR storage_key IS NOT NULL)
      )`);
    await runner.query('CREATE INDEX datasets_by_owner ON datasets (owner_id, id)');
    await runner.query('CREATE INDEX datasets_by_file ON datasets (file_id)');
    await runner.query('CREATE UNIQUE INDEX datasets_storage_key_unique ON datasets (storage_key)');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE datasets');
  }
}

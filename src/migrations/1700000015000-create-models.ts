import type { MigrationInterface, QueryRunner } from 'typeorm';

export class CreateModels1700000015000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE models (
        id uuid NOT NULL CONSTRAINT models_pkey PRIMARY KEY,
        owner_id uuid NOT NULL CONSTRAINT models_owner_fkey REFERENCES users (id) ON DELETE CASCADE,
        name text NOT NULL,
        description text NOT NULL,
        visibility text NOT NULL,
        revision bigint NOT NULL,
        last_number integer NOT NULL,
        created_at timestamptz(3) NOT NULL DEFAULT now(),
        updated_at timestamptz(3) NOT NULL DEFAULT now(),
        CONSTRAINT models_visibility_check CHECK (visibility IN ('private', 'public'))
      )`);
    await runner.query('CREATE INDEX models_by_owner ON models (owner_id, id)');
    await runner.query(`CREATE INDEX models_public ON models (id) WHERE visibility = 'public'`);
    await runner.query(`
      CREATE TABLE model_versions (
        id uuid NOT NULL CONSTRAINT model_versions_pkey PRIMARY KEY,
        model_id uuid NOT NULL CONSTRAINT model_versions_model_fkey REFERENCES models (id) ON DELETE CASCADE,
        number integer NOT NULL,
        source text NOT NULL,
        algorithm text NOT NULL,
        task text NOT NULL,
        features jsonb NOT NULL,
        target text,
        classes jsonb,
        metrics jsonb,
        importance jsonb,
        learning_curve jsonb,
        manifest bytea NOT NULL,
        manifest_sha256 bytea NOT NULL,
        storage_key text NOT NULL CONSTRAINT model_versions_storage_key_fkey REFERENCES stored_objects (key),
        sha256 bytea NOT NULL,
        size_bytes bigint NOT NULL,
        training_job_id uuid,
        created_at timestamptz(3) NOT NULL DEFAULT now(),
        CONSTRAINT model_versions_source_check CHECK (source IN ('training', 'upload')),
        CONSTRAINT model_versions_task_check CHECK (task IN ('classification', 'regression'))
      )`);
    await runner.query(
      'CREATE UNIQUE INDEX model_versions_number_unique ON model_versions (model_id, number)',
    );
    await runner.query(
      'CREATE UNIQUE INDEX model_versions_training_job_unique ON model_versions (training_job_id)',
    );
    await runner.query(
      'CREATE UNIQUE INDEX model_versions_storage_key_unique ON model_versions (storage_key)',
    );
    await runner.query(`
      CREATE TABLE model_aliases (
        model_id uuid NOT NULL CONSTRAINT model_aliases_model_fkey REFERENCES models (id) ON DELETE CASCADE,
        name text NOT NULL,
        number integer NOT NULL,
        CONSTRAINT model_aliases_pkey PRIMARY KEY (model_id, name)
      )`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE model_aliases');
    await runner.query('DROP TABLE model_versions');
    await runner.query('DROP TABLE models');
  }
}

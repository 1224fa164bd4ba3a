import type { MigrationInterface, QueryRunner } from 'typeorm';

export class CreateFiles1700000013000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE files (
        id uuid NOT NULL CONSTRAINT files_pkey PRIMARY KEY,
        owner_id uuid NOT NULL CONSTRAINT files_owner_fkey REFERENCES users (id) ON DELETE CASCADE,
        filename text NOT NULL,
        size bigint NOT NULL,
        content_type text NOT NULL,
        sha256 bytea NOT NULL,
        storage_key text NOT NULL CONSTRAINT files_storage_key_fkey REFERENCES stored_objects (key),
        created_at timestamptz(3) NOT NULL DEFAULT now()
      )`);
    await runner.query('CREATE INDEX files_by_owner ON files (owner_id, id)');
    await runner.query('CREATE UNIQUE INDEX files_storage_key_unique ON files (storage_key)');
    await runner.query(`
      CREATE TABLE file_usage (
        owner_id uuid NOT NULL CONSTRAINT file_usage_pkey PRIMARY KEY
          CONSTRAINT file_usage_owner_fkey REFERENCES users (id) ON DELETE CASCADE,
        bytes bigint NOT NULL CONSTRAINT file_usage_bytes_check CHECK (bytes >= 0)
      )`);
    await runner.query(`
      CREATE TABLE file_links (
        id uuid NOT NULL CONSTRAINT file_links_pkey PRIMARY KEY,
        owner_id uuid NOT NULL CONSTRAINT file_links_owner_fkey REFERENCES users (id) ON DELETE CASCADE,
        file_id uuid CONSTRAINT file_links_file_fkey REFERENCES files (id) ON DELETE SET NULL,
        token_hash bytea NOT NULL,
        expires_at timestamptz(3) NOT NULL,
        max_downloads integer,
        downloads integer NOT NULL DEFAULT 0,
        revoked_at timestamptz(3),
        created_at timestamptz(3) NOT NULL DEFAULT now()
      )`);
    await runner.query('CREATE UNIQUE INDEX file_links_token_hash_unique ON file_links (token_hash)');
    await runner.query('CREATE INDEX file_links_by_file ON file_links (file_id, id)');
    await runner.query('CREATE INDEX file_links_by_owner ON file_links (owner_id, id)');
    await runner.query(`
      CREATE TABLE uploads (
        id uuid NOT NULL CONSTRAINT uploads_pkey PRIMARY KEY,
        owner_id uuid NOT NULL CONSTRAINT uploads_owner_fkey REFERENCES users (id) ON DELETE CASCADE,
        filename text NOT NULL,
        metadata text NOT NULL,
        size bigint NOT NULL,
        storage_key text CONSTRAINT uploads_storage_key_fkey REFERENCES stored_objects (key),
        file_id uuid CONSTRAINT uploads_file_fkey REFERENCES files (id) ON DELETE SET NULL,
        created_at timestamptz(3) NOT NULL DEFAULT now(),
        expires_at timestamptz(3) NOT NULL,
        finished_at timestamptz(3),
        locked_until timestamptz(3),
        lock_token uuid,
        release_requested boolean NOT NULL DEFAULT false
      )`);
    await runner.query('CREATE INDEX uploads_by_owner ON uploads (owner_id, id)');
    await runner.query('CREATE INDEX uploads_by_file ON uploads (file_id)');
    await runner.query('CREATE INDEX uploads_by_expiry ON uploads (expires_at)');
    await runner.query('CREATE UNIQUE INDEX uploads_storage_key_unique ON uploads (storage_key)');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE uploads');
    await runner.query('DROP TABLE file_links');
    await runner.query('DROP TABLE file_usage');
    await runner.query('DROP TABLE files');
  }
}

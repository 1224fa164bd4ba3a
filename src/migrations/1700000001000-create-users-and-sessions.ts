import type { MigrationInterface, QueryRunner } from 'typeorm';

export class CreateUsersAndSessions1700000001000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await this.createUsers(runner);
    await this.createSessions(runner);
    await runner.query(`
      CREATE TABLE access_changes (
        id bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT access_changes_pkey PRIMARY KEY,
        transaction_id bigint NOT NULL,
        kind text NOT NULL CONSTRAINT access_changes_kind_check
          CHECK (kind IN ('session_revoked', 'api_key_revoked', 'user_changed')),
        subject_id uuid NOT NULL,
        user_id uuid NOT NULL,
        access jsonb,
        created_at timestamptz(3) NOT NULL DEFAULT now()
      )`);
    await runner.query('CREATE INDEX access_changes_by_transaction ON access_changes (transaction_id)');
    await runner.query('CREATE INDEX access_changes_by_time ON access_changes (created_at)');
  }

  private async createUsers(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE users (
        id uuid NOT NULL CONSTRAINT users_pkey PRIMARY KEY,
        email text,
        username text,
        name text,
        role text NOT NULL DEFAULT 'user' CONSTRAINT users_role_check CHECK (role IN ('user', 'admin')),
        tier text NOT NULL DEFAULT 'free' CONSTRAINT users_tier_check CHECK (tier IN ('free', 'pro', 'enterprise')),
        is_active boolean NOT NULL DEFAULT true,
        email_verified_at timestamptz(3),
        password_hash text NOT NULL,
        password_changed_at timestamptz(3) NOT NULL DEFAULT now(),
        deletion_requested_at timestamptz(3),
        deletes_at timestamptz(3),
        version integer NOT NULL DEFAULT 1,
        created_at timestamptz(3) NOT NULL DEFAULT now(),
        updated_at timestamptz(3) NOT NULL DEFAULT now(),
        CONSTRAINT users_reachable_check CHECK (email IS NOT NULL OR username IS NOT NULL)
      )`);
    await runner.query('CREATE UNIQUE INDEX users_email_unique ON users (lower(email))');
    await runner.query('CREATE UNIQUE INDEX users_username_unique ON users (lower(username))');
    await runner.query(
      'CREATE INDEX users_due_for_deletion ON users (deletes_at) WHERE deletes_at IS NOT NULL',
    );
    await runner.query(`
      CREATE TABLE one_time_tokens (
        id uuid NOT NULL CONSTRAINT one_time_tokens_pkey PRIMARY KEY,
        user_id uuid NOT NULL CONSTRAINT one_time_tokens_user_fkey REFERENCES users (id) ON DELETE CASCADE,
        purpose text NOT NULL,
        token_hash bytea NOT NULL,
        data jsonb,
        created_at timestamptz(3) NOT NULL DEFAULT now(),
        expires_at timestamptz(3) NOT NULL,
        used_at timestamptz(3)
      )`);
    await runner.query('CREATE UNIQUE INDEX one_time_tokens_hash_unique ON one_time_tokens (token_hash)');
    await runner.query('CREATE INDEX one_time_tokens_by_user ON one_time_tokens (user_id, purpose)');
    await runner.query('CREATE INDEX one_time_tokens_by_expiry ON one_time_tokens (expires_at)');
  }

  private async createSessions(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE sessions (
        id uuid NOT NULL CONSTRAINT sessions_pkey PRIMARY KEY,
        user_id uuid NOT NULL CONSTRAINT sessions_user_fkey REFERENCES users (id) ON DELETE CASCADE,
        ip text NOT NULL,
        user_agent text NOT NULL,
        created_at timestamptz(3) NOT NULL DEFAULT now(),
        last_seen_at timestamptz(3) NOT NULL DEFAULT now(),
        expires_at timestamptz(3) NOT NULL,
        revoked_at timestamptz(3)
      )`);
    await runner.query('CREATE INDEX sessions_by_user ON sessions (user_id, id)');
    await runner.query('CREATE INDEX sessions_by_expiry ON sessions (expires_at)');
    await runner.query(`
      CREATE TABLE refresh_tokens (
        token_hash bytea NOT NULL CONSTRAINT refresh_tokens_pkey PRIMARY KEY,
        session_id uuid NOT NULL CONSTRAINT refresh_tokens_session_fkey REFERENCES sessions (id) ON DELETE CASCADE,
        created_at timestamptz(3) NOT NULL DEFAULT now(),
        expires_at timestamptz(3) NOT NULL,
        used_at timestamptz(3)
      )`);
    await runner.query('CREATE INDEX refresh_tokens_by_session ON refresh_tokens (session_id)');
    await runner.query('CREATE INDEX refresh_tokens_by_expiry ON refresh_tokens (expires_at)');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE access_changes, refresh_tokens, sessions, one_time_tokens, users');
  }
}

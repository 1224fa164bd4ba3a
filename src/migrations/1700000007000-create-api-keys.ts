import type { MigrationInterface, QueryRunner } from 'typeorm';

export class CreateApiKeys1700000007000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE api_keys (
        id uuid NOT NULL CONSTRAINT api_keys_pkey PRIMARY KEY,
        user_id uuid NOT NULL CONSTRAINT api_keys_user_fkey REFERENCES users (id) ON DELETE CASCADE,
        key_hash bytea NOT NULL,
        prefix text NOT NULL,
        name text NOT NULL,
        scopes text[] NOT NULL,
        expires_at timestamptz(3),
        rotated_at timestamptz(3),
        revoked_at timestamptz(3),
        last_used_at timestamptz(3),
        last_used_ip text,
        reminded_days smallint,
        created_at timestamptz(3) NOT NULL DEFAULT now()
      )`);
    await runner.query('CREATE UNIQUE INDEX api_keys_hash_unique ON api_keys (key_hash)');
    await runner.query('CREATE INDEX api_keys_by_user ON api_keys (user_id, id)');
    await runner.query('CREATE INDEX api_keys_by_expiry ON api_keys (expires_at)');
    await runner.query('CREATE INDEX api_keys_by_revocation ON api_keys (revoked_at)');
    await runner.query(`
      CREATE TABLE api_key_usage (
        api_key_id uuid NOT NULL
          CONSTRAINT api_key_usage_key_fkey REFERENCES api_keys (id) ON DELETE CASCADE,
        day date NOT NULL,
        requests bigint NOT NULL,
        CONSTRAINT api_key_usage_pkey PRIMARY KEY (api_key_id, day)
      )`);
    await runner.query('CREATE INDEX api_key_usage_by_day ON api_key_usage (day)');
    await this.allowChanges(
      runner,
      `'session_revoked', 'api_key_revoked', 'api_key_changed', 'user_changed'`,
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DELETE FROM access_changes WHERE kind = 'api_key_changed'`);
    await this.allowChanges(runner, `'session_revoked', 'api_key_revoked', 'user_changed'`);
    await runner.query('DROP TABLE api_key_usage, api_keys');
  }

  private async allowChanges(runner: QueryRunner, kinds: string): Promise<void> {
    await runner.query('ALTER TABLE access_changes DROP CONSTRAINT access_changes_kind_check');
    await runner.query(
      `ALTER TABLE access_changes ADD CONSTRAINT access_changes_kind_check CHECK (kind IN (${kinds}))`,
    );
  }
}

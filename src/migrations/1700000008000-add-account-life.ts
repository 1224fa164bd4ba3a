import type { MigrationInterface, QueryRunner } from 'typeorm';

export class AddAccountLife1700000008000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE notification_preferences (
        user_id uuid NOT NULL CONSTRAINT notification_preferences_user_fkey REFERENCES users (id) ON DELETE CASCADE,
        type text NOT NULL,
        in_app boolean NOT NULL DEFAULT true,
        email boolean NOT NULL DEFAULT true,
        CONSTRAINT notification_preferences_pkey PRIMARY KEY (user_id, type)
      )`);
    await runner.query('ALTER TABLE idempotency_keys ADD COLUMN owner_id uuid');
    await runner.query('CREATE INDEX idempotency_keys_by_owner ON idempotency_keys (owner_id)');
    await runner.query('ALTER TABLE mailbox_messages ADD COLUMN owner_id uuid');
    await runner.query('CREATE INDEX mailbox_messages_by_owner ON mailbox_messages (owner_id)');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE mailbox_messages DROP COLUMN owner_id');
    await runner.query('ALTER TABLE idempotency_keys DROP COLUMN owner_id');
    await runner.query('DROP TABLE notification_preferences');
  }
}

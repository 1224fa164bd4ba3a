import type { MigrationInterface, QueryRunner } from 'typeorm';

export class CreateNotifications1700000011000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE notifications (
        id uuid NOT NULL CONSTRAINT notifications_pkey PRIMARY KEY,
        user_id uuid NOT NULL,
        type text NOT NULL,
        title text NOT NULL,
        body text NOT NULL,
        data jsonb NOT NULL,
        read_at timestamptz(3),
        archived_at timestamptz(3),
        created_at timestamptz(3) NOT NULL DEFAULT now()
      )`);
    await runner.query('CREATE INDEX notifications_by_time ON notifications (user_id, created_at, id)');
    await runner.query(`
      CREATE INDEX notifications_unread ON notifications (user_id, created_at, id)
      WHERE read_at IS NULL AND archived_at IS NULL`);
    await runner.query('CREATE INDEX notifications_by_age ON notifications (created_at)');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE notifications');
  }
}

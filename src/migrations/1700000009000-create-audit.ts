import type { MigrationInterface, QueryRunner } from 'typeorm';

export class CreateAudit1700000009000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE audit_entries (
        id uuid NOT NULL CONSTRAINT audit_entries_pkey PRIMARY KEY,
        at timestamptz(3) NOT NULL DEFAULT clock_timestamp(),
        actor_id uuid,
        action text NOT NULL,
        target_type text NOT NULL,
        target_id text NOT NULL,
        ip text,
        request_id text,
        details jsonb NOT NULL
      )`);
    await runner.query('CREATE INDEX audit_entries_actor ON audit_entries (actor_id, id)');
    await runner.query('CREATE INDEX audit_entries_action ON audit_entries (action, id)');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE audit_entries');
  }
}

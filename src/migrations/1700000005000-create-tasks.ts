import type { MigrationInterface, QueryRunner } from 'typeorm';

export class CreateTasks1700000005000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE tasks (
        id uuid NOT NULL CONSTRAINT tasks_pkey PRIMARY KEY,
        owner_id uuid NOT NULL CONSTRAINT tasks_owner_fkey REFERENCES users (id) ON DELETE CASCADE,
        title text NOT NULL,
        description text NOT NULL,
        status text NOT NULL CONSTRAINT tasks_status_check CHECK (status IN ('todo', 'doing', 'done')),
        priority smallint NOT NULL CONSTRAINT tasks_priority_check CHECK (priority BETWEEN 0 AND 2),
        due_at timestamptz(3),
        search tsvector NOT NULL,
        version integer NOT NULL,
        created_at timestamptz(3) NOT NULL DEFAULT now(),
        updated_at timestamptz(3) NOT NULL DEFAULT now()
      )`);
    await runner.query('CREATE INDEX tasks_by_created ON tasks (owner_id, created_at, id)');
    await runner.query('CREATE INDEX tasks_by_updated ON tasks (owner_id, updated_at, id)');
    await runner.query('CREATE INDEX tasks_by_priority ON tasks (owner_id, priority, id)');
    await runner.query(
      `CREATE INDEX tasks_by_due ON tasks (owner_id, COALESCE(due_at, 'infinity'::timestamptz), id)`,
    );
    await runner.query('CREATE INDEX tasks_by_title ON tasks (owner_id, (lower(title) COLLATE "C"), id)');
    await runner.query('CREATE INDEX tasks_by_word ON tasks USING gin (search)');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE tasks');
  }
}

import type { MigrationInterface, QueryRunner } from 'typeorm';

export class CreateStoredObjects1700000012000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE stored_objects (
        key text NOT NULL CONSTRAINT stored_objects_pkey PRIMARY KEY,
        size bigint NOT NULL,
        created_at timestamptz(3) NOT NULL DEFAULT now()
      )`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE stored_objects');
  }
}

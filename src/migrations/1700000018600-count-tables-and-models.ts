import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The bytes of tables and versions, which have not been part of anybody's usage so far. */
const KEPT = `
  SELECT owner_id, sum(size)::bigint AS bytes FROM (
    SELECT d.owner_id, o.size FROM datasets d JOIN stored_objects o ON o.key = d.storage_key
    UNION ALL
    SELECT m.owner_id, o.size FROM model_versions v
      JOIN models m ON m.id = v.model_id JOIN stored_objects o ON o.key = v.storage_key
  ) AS kept GROUP BY owner_id`;

export class CountTablesAndModels1700000018600 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      INSERT INTO file_usage (owner_id, bytes) ${KEPT}
      ON CONFLICT (owner_id) DO UPDATE SET bytes = file_usage.bytes + excluded.bytes`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      UPDATE file_usage SET bytes = greatest(file_usage.bytes - kept.bytes, 0)
      FROM (${KEPT}) AS kept WHERE kept.owner_id = file_usage.owner_id`);
  }
}

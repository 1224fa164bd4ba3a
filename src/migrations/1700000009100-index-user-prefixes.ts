import type { MigrationInterface, QueryRunner } from 'typeorm';

/** For the search of users by the beginning of a name: a b-tree gives prefixes in the order of bytes only. */
export class IndexUserPrefixes1700000009100 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    for (const column of ['username', 'name', 'email']) {
      // The case of any script, whatever the locale of the database.
      await runner.query(
        `CREATE INDEX users_${column}_prefix ON users ((lower(${column} COLLATE "und-x-icu") COLLATE "C"))`,
      );
    }
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP INDEX users_username_prefix, users_name_prefix, users_email_prefix');
  }
}

import type { MigrationInterface, QueryRunner } from 'typeorm';

export class CreateEvents1700000003000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE "event_streams" (
        "name" text NOT NULL,
        "last_seq" bigint NOT NULL,
        CONSTRAINT "event_streams_pkey" PRIMARY KEY ("name")
      )`);
    await runner.query(`
      CREATE TABLE "events" (
        "stream" text NOT NULL,
        "seq" bigint NOT NULL,
        "id" uuid NOT NULL,
        "type" text NOT NULL,
        "at" TIMESTAMP(3) WITH TIME ZONE NOT NULL,
        "data" jsonb NOT NULL,
        CONSTRAINT "events_pkey" PRIMARY KEY ("stream", "seq")
      )`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE "events"');
    await runner.query('DROP TABLE "event_streams"');
  }
}

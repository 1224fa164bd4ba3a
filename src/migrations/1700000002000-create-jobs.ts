import type { MigrationInterface, QueryRunner } from 'typeorm';

export class CreateJobs1700000002000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE "jobs" (
        "id" uuid NOT NULL,
        "name" text NOT NULL,
        "payload" jsonb NOT NULL,
        "owner_id" uuid,
        "dedupe_key" text,
        "state" text NOT NULL DEFAULT 'queued',
        "attempts" integer NOT NULL DEFAULT 0,
        "max_attempts" integer NOT NULL,
        "run_at" TIMESTAMP(3) WITH TIME ZONE NOT NULL DEFAULT now(),
        "enqueued_at" TIMESTAMP(3) WITH TIME ZONE,
        "lease_token" uuid,
        "lease_until" TIMESTAMP(3) WITH TIME ZONE,
        "progress" integer NOT NULL DEFAULT 0,
        "result" jsonb,
        "error" jsonb,
        "cancel_requested_at" TIMESTAMP(3) WITH TIME ZONE,
        "request_id" text,
        "created_at" TIMESTAMP(3) WITH TIME ZONE NOT NULL DEFAULT now(),
        "started_at" TIMESTAMP(3) WITH TIME ZONE,
        "finished_at" TIMESTAMP(3) WITH TIME ZONE,
        CONSTRAINT "jobs_pkey" PRIMARY KEY ("id")
      )`);
    await runner.query(`CREATE UNIQUE INDEX "jobs_dedupe_key_unique" ON "jobs" ("dedupe_key")`);
    await runner.query(`CREATE INDEX "jobs_owner" ON "jobs" ("owner_id", "id")`);
    await runner.query(`CREATE INDEX "jobs_owner_name" ON "jobs" ("owner_id", "name", "id")`);
    await runner.query(`CREATE INDEX "jobs_queued" ON "jobs" ("run_at") WHERE state = 'queued'`);
    await runner.query(`CREATE INDEX "jobs_enqueued" ON "jobs" ("enqueued_at") WHERE state = 'enqueued'`);
    await runner.query(`CREATE INDEX "jobs_running" ON "jobs" ("lease_until") WHERE state = 'running'`);
    await runner.query(
      `CREATE INDEX "jobs_unfinished" ON "jobs" ("owner_id", "id") WHERE state IN ('queued', 'enqueued', 'running')`,
    );
    await runner.query(
      `CREATE INDEX "jobs_unsuccessful" ON "jobs" ("owner_id", "id") WHERE state IN ('failed', 'canceled')`,
    );
    await runner.query(
      `CREATE INDEX "jobs_finished" ON "jobs" ("finished_at") WHERE finished_at IS NOT NULL`,
    );
    await runner.query(`
      CREATE TABLE "worker_heartbeats" (
        "worker_id" uuid NOT NULL,
        "host" text NOT NULL,
        "started_at" TIMESTAMP(3) WITH TIME ZONE NOT NULL DEFAULT now(),
        "seen_at" TIMESTAMP(3) WITH TIME ZONE NOT NULL DEFAULT now(),
        CONSTRAINT "worker_heartbeats_pkey" PRIMARY KEY ("worker_id")
      )`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE "worker_heartbeats"');
    await runner.query('DROP TABLE "jobs"');
  }
}

import type { MigrationInterface, QueryRunner } from 'typeorm';

export class CreateMailbox1700000006000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE mailbox_messages (
        id uuid NOT NULL CONSTRAINT mailbox_messages_pkey PRIMARY KEY,
        "to" text NOT NULL,
        type text NOT NULL,
        subject text NOT NULL,
        text text NOT NULL,
        html text NOT NULL,
        headers jsonb NOT NULL,
        message_id text NOT NULL CONSTRAINT mailbox_messages_message_unique UNIQUE,
        job_id uuid NOT NULL,
        created_at timestamptz(3) NOT NULL DEFAULT now()
      )`);
    await runner.query('CREATE INDEX mailbox_messages_by_time ON mailbox_messages (created_at, id)');
    await runner.query(
      'CREATE INDEX mailbox_messages_by_recipient ON mailbox_messages (lower("to"), created_at, id)',
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE mailbox_messages');
  }
}

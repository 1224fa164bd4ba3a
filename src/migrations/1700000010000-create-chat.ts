import type { MigrationInterface, QueryRunner } from 'typeorm';

export class CreateChat1700000010000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE chat_rooms (
        id uuid NOT NULL CONSTRAINT chat_rooms_pkey PRIMARY KEY,
        name text NOT NULL,
        kind text NOT NULL CONSTRAINT chat_rooms_kind_check CHECK (kind IN ('public', 'private')),
        owner_id uuid CONSTRAINT chat_rooms_owner_fkey REFERENCES users (id) ON DELETE SET NULL,
        last_seq bigint NOT NULL DEFAULT 0,
        created_at timestamptz(3) NOT NULL DEFAULT now()
      )`);
    await runner.query('CREATE UNIQUE INDEX chat_rooms_name_unique ON chat_rooms (name)');
    await runner.query('CREATE INDEX chat_rooms_by_owner ON chat_rooms (owner_id)');
    await runner.query(`
      CREATE TABLE chat_members (
        room_id uuid NOT NULL CONSTRAINT chat_members_room_fkey REFERENCES chat_rooms (id) ON DELETE CASCADE,
        user_id uuid NOT NULL CONSTRAINT chat_members_user_fkey REFERENCES users (id) ON DELETE CASCADE,
        joined_at timestamptz(3) NOT NULL DEFAULT now(),
        CONSTRAINT chat_members_pkey PRIMARY KEY (room_id, user_id)
      )`);
    await runner.query('CREATE INDEX chat_members_by_user ON chat_members (user_id, room_id)');
    await runner.query(`
      CREATE TABLE chat_read_markers (
        user_id uuid NOT NULL CONSTRAINT chat_read_markers_user_fkey REFERENCES users (id) ON DELETE CASCADE,
        room_id uuid NOT NULL CONSTRAINT chat_read_markers_room_fkey REFERENCES chat_rooms (id) ON DELETE CASCADE,
        read_seq bigint NOT NULL,
        CONSTRAINT chat_read_markers_pkey PRIMARY KEY (user_id, room_id)
      )`);
    await runner.query('CREATE INDEX chat_read_markers_by_room ON chat_read_markers (room_id)');
    await runner.query(`
      CREATE TABLE chat_messages (
        room_id uuid NOT NULL CONSTRAINT chat_messages_room_fkey REFERENCES chat_rooms (id) ON DELETE CASCADE,
        seq bigint NOT NULL,
        id uuid NOT NULL,
        author_id uuid CONSTRAINT chat_messages_author_fkey REFERENCES users (id) ON DELETE SET NULL,
        author_seq bigint NOT NULL,
        client_message_id text,
        body text NOT NULL,
        created_at timestamptz(3) NOT NULL,
        CONSTRAINT chat_messages_pkey PRIMARY KEY (room_id, seq)
      )`);
    await runner.query(
      'CREATE UNIQUE INDEX chat_messages_client_id_unique ON chat_messages (author_id, client_message_id)',
    );
    await runner.query('CREATE INDEX chat_messages_by_author ON chat_messages (author_id, room_id, seq)');
    // The highest UUIDv7 there is: lists show the newest first, and this room before all others.
    await runner.query(
      `INSERT INTO chat_rooms (id, name, kind) VALUES ('ffffffff-ffff-7fff-bfff-ffffffffffff', 'global', 'public')`,
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE chat_messages');
    await runner.query('DROP TABLE chat_read_markers');
    await runner.query('DROP TABLE chat_members');
    await runner.query('DROP TABLE chat_rooms');
  }
}

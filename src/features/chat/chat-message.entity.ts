import { Column, Entity, Index, JoinColumn, ManyToOne, PrimaryColumn } from 'typeorm';
import { UserEntity } from '../users/user.entity.js';
import { ChatRoomEntity } from './chat-room.entity.js';

/** A message; its place in the room is its key. When its author's account goes, the place stays, empty. */
@Entity('chat_messages')
@Index('chat_messages_client_id_unique', ['authorId', 'clientMessageId'], { unique: true })
@Index('chat_messages_by_author', ['authorId', 'roomId', 'seq'])
export class ChatMessageEntity {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'chat_messages_pkey' })
  roomId: string;

  @PrimaryColumn('bigint', { primaryKeyConstraintName: 'chat_messages_pkey' })
  seq: number;

  @ManyToOne(() => ChatRoomEntity, { onDelete: 'CASCADE', nullable: false })
  @JoinColumn({ name: 'room_id', foreignKeyConstraintName: 'chat_messages_room_fkey' })
  room?: never;

  @Column('uuid')
  id: string;

  @Column('uuid', { nullable: true })
  authorId: string | null;

  @ManyToOne(() => UserEntity, { onDelete: 'SET NULL', nullable: true })
  @JoinColumn({ name: 'author_id', foreignKeyConstraintName: 'chat_messages_author_fkey' })
  author?: never;

  /** How many messages of this author the room has up to this one; two of them tell how many lie between. */
  @Column('bigint')
  authorSeq: number;

  @Column('text', { nullable: true })
  clientMessageId: string | null;

  @Column('text')
  body: string;

  @Column({ type: 'timestamptz', precision: 3 })
  createdAt: Date;
}

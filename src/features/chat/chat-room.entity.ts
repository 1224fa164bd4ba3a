import { Check, Column, Entity, Index, JoinColumn, ManyToOne, PrimaryColumn } from 'typeorm';
import type { RoomKind } from '../../contracts/chat.js';
import { UserEntity } from '../users/user.entity.js';

/** A room; its row lock orders the messages in it, before the lock of its event stream does. */
@Entity('chat_rooms')
@Check('chat_rooms_kind_check', `"kind" IN ('public', 'private')`)
@Index('chat_rooms_name_unique', ['name'], { unique: true })
@Index('chat_rooms_by_owner', ['ownerId'])
export class ChatRoomEntity {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'chat_rooms_pkey' })
  id: string;

  @Column('text')
  name: string;

  @Column('text')
  kind: RoomKind;

  /** Null: nobody's, as `global`, or the owner's account is gone and nobody was there to follow. */
  @Column('uuid', { nullable: true })
  ownerId: string | null;

  @ManyToOne(() => UserEntity, { onDelete: 'SET NULL', nullable: true })
  @JoinColumn({ name: 'owner_id', foreignKeyConstraintName: 'chat_rooms_owner_fkey' })
  owner?: never;

  /** Of the newest message; the same as the head of the room's event stream. */
  @Column('bigint', { default: 0 })
  lastSeq: number;

  @Column({ type: 'timestamptz', precision: 3, default: () => 'now()' })
  createdAt: Date;
}

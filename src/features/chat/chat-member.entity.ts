import { Column, Entity, Index, JoinColumn, ManyToOne, PrimaryColumn } from 'typeorm';
import { UserEntity } from '../users/user.entity.js';
import { ChatRoomEntity } from './chat-room.entity.js';

/** Who is in a room. Nobody has a row for `global`: everybody is in it. */
@Entity('chat_members')
@Index('chat_members_by_user', ['userId', 'roomId'])
export class ChatMemberEntity {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'chat_members_pkey' })
  roomId: string;

  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'chat_members_pkey' })
  userId: string;

  @ManyToOne(() => ChatRoomEntity, { onDelete: 'CASCADE', nullable: false })
  @JoinColumn({ name: 'room_id', foreignKeyConstraintName: 'chat_members_room_fkey' })
  room?: never;

  @ManyToOne(() => UserEntity, { onDelete: 'CASCADE', nullable: false })
  @JoinColumn({ name: 'user_id', foreignKeyConstraintName: 'chat_members_user_fkey' })
  user?: never;

  @Column({ type: 'timestamptz', precision: 3, default: () => 'now()' })
  joinedAt: Date;
}

import { Column, Entity, Index, JoinColumn, ManyToOne, PrimaryColumn } from 'typeorm';
import { UserEntity } from '../users/user.entity.js';
import { ChatRoomEntity } from './chat-room.entity.js';

/** How far a user has read in a room. It outlives the membership: who comes back goes on where they were. */
@Entity('chat_read_markers')
@Index('chat_read_markers_by_room', ['roomId'])
export class ChatReadMarkerEntity {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'chat_read_markers_pkey' })
  userId: string;

  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'chat_read_markers_pkey' })
  roomId: string;

  @ManyToOne(() => UserEntity, { onDelete: 'CASCADE', nullable: false })
  @JoinColumn({ name: 'user_id', foreignKeyConstraintName: 'chat_read_markers_user_fkey' })
  user?: never;

  @ManyToOne(() => ChatRoomEntity, { onDelete: 'CASCADE', nullable: false })
  @JoinColumn({ name: 'room_id', foreignKeyConstraintName: 'chat_read_markers_room_fkey' })
  room?: never;

  @Column('bigint')
  readSeq: number;
}

import { Injectable } from '@nestjs/common';
import { AppError } from '../../common/errors/app-error.js';
import { uuid } from '../../common/http/fields.js';
import { ChatRoomsRepository } from './chat-rooms.repository.js';

const MAX_NAMES = 10_000;

/** Which id a room's name stands for. Rooms keep their names and never go, so what is known stays true. */
@Injectable()
export class KnownRooms {
  private readonly ids = new Map<string, string>();

  constructor(private readonly rooms: ChatRoomsRepository) {}

  /**
   * The id of the room that `reference`, an id or a name, means; an id need not exist. Says nothing about who
   * may know of the room.
   * @throws AppError room_not_found when no room has this name
   */
  async idOf(reference: string): Promise<string> {
    if (uuid.safeParse(reference).success) return reference;
    const known = this.ids.get(reference);
    if (known !== undefined) return known;
    const id = await this.rooms.findId(reference);
    if (id === undefined) throw new AppError('room_not_found');
    if (this.ids.size >= MAX_NAMES) this.ids.clear();
    this.ids.set(reference, id);
    return id;
  }
}

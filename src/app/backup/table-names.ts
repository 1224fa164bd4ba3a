import { getMetadataArgsStorage } from 'typeorm';
import { ENTITIES } from '../entities.js';

/** Names of all tables that hold data of Milepost; others in the same database are none of its business. */
export function tableNames(): string[] {
  return getMetadataArgsStorage()
    .filterTables(ENTITIES)
    .flatMap(({ name }) => name ?? []);
}

import { Global, Module } from '@nestjs/common';
import type { ServiceConfig } from '../../config/app-config.js';
import { CONFIG } from '../../config/config.token.js';
import { ObjectStore } from './object-store.js';
import { openObjectStore } from './open-object-store.js';
import { StoredObjectsRepository } from './stored-objects.repository.js';
import { StoredObjects } from './stored-objects.js';

/** Bytes: the store that the settings ask for, and the rows that say what in it is needed. */
@Global()
@Module({
  providers: [
    {
      provide: ObjectStore,
      inject: [CONFIG],
      useFactory: (config: ServiceConfig) => openObjectStore(config.storage),
    },
    StoredObjectsRepository,
    StoredObjects,
  ],
  exports: [ObjectStore, StoredObjects],
})
export class StorageModule {}

// What an operator reads when bytes cannot be copied: the errors of stores speak to clients of the API.

import { AppError } from '../../common/errors/app-error.js';
import { systemCode } from '../../infra/storage/local-files.js';
import { CommandFailure } from '../commands/cli-command.js';

const NO_ROOM = new Set(['ENOSPC', 'EDQUOT']);

/**
 * The outcome of copying files or objects.
 * @throws CommandFailure when there is no room, or the store is away
 */
export async function copying<Value>(work: Promise<Value>): Promise<Value> {
  try {
    return await work;
  } catch (error) {
    if (error instanceof AppError && error.code === 'service_unavailable') {
      const cause = error.options.cause instanceof Error ? error.options.cause.message : error.detail;
      throw new CommandFailure(
        `Files cannot be read or written (${cause}). Check the settings STORAGE and S3_*.`,
      );
    }
    const full =
      error instanceof AppError ? error.code === 'storage_full' : NO_ROOM.has(systemCode(error) ?? '');
    if (full) throw new CommandFailure('There is no room left for the files.');
    throw error;
  }
}

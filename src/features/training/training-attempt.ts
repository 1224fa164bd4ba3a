// One attempt at a training: gets the files, has a process of its own train, and stores what that leaves.

import { createReadStream, createWriteStream } from 'node:fs';
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { Inject, Injectable, Logger } from '@nestjs/common';
import { AppError } from '../../common/errors/app-error.js';
import type { ServiceConfig } from '../../config/app-config.js';
import { CONFIG } from '../../config/config.token.js';
import { userStream } from '../../contracts/events.js';
import type { TrainingLogLine, TrainingMetrics } from '../../contracts/training.js';
import { runChild } from '../../infra/child-process/run-child.js';
import { withWorkDirectory } from '../../infra/child-process/work-directory.js';
import type { RunningJob } from '../../infra/jobs/running-job.js';
import { Realtime } from '../../infra/realtime/realtime.js';
import { ObjectStore } from '../../infra/storage/object-store.js';
import { StoredObjects } from '../../infra/storage/stored-objects.js';
import { CheckpointQueue } from './checkpoint-queue.js';
import { TrainingCheckpoints } from './training-checkpoints.js';
import { trainingFailure } from './training-failure.js';
import { TrainingFeed } from './training-feed.js';
import type { TrainingJobEntity } from './training-job.entity.js';
import { trainingLimits } from './training-limits.js';
import { TrainingLog } from './training-log.js';
import {
  checkpointFile,
  MANIFEST_FILE,
  MODEL_FILE,
  type TrainingAssignment,
  type TrainingEnd,
  type TrainingReport,
} from './training-messages.js';
import { columnsToRead } from './training-request.js';
import { TrainingRepository } from './training.repository.js';

export interface Trained {
  readonly metrics: TrainingMetrics;
  /** SHA-256 of the manifest, which holds that of the model. */
  readonly hash: string;
  readonly manifestBytes: Uint8Array;
  /** Where model.bin is; nothing needs it yet. */
  readonly storageKey: string;
}

type Job = RunningJob<'training.run'>;

@Injectable()
export class TrainingAttempt {
  private readonly logger = new Logger(TrainingAttempt.name);

  constructor(
    private readonly trainings: TrainingRepository,
    private readonly checkpoints: TrainingCheckpoints,
    private readonly store: ObjectStore,
    private readonly objects: StoredObjects,
    private readonly realtime: Realtime,
    @Inject(CONFIG) private readonly config: ServiceConfig,
  ) {}

  /**
   * Trains, from the last checkpoint if there is one.
   * @throws AppError with the code of a TrainingRefusal, training_out_of_memory, training_timed_out,
   *   training_crashed, dataset_not_found or model_not_found; the reason of the job's signal
   */
  async run(job: Job, training: TrainingJobEntity): Promise<Trained> {
    // Nobody is left to train for once the model is deleted.
    const gone = new AbortController();
    const signal = AbortSignal.any([job.signal, gone.signal]);
    const writeLog = (lines: TrainingLogLine[]) => this.writeLog(job, lines, gone);
    const log = new TrainingLog(writeLog);
    try {
      return await withWorkDirectory(async (directory) => {
        const assignment = await this.prepare(training, directory, signal);
        if (job.attempt > 1 || assignment.checkpoint !== null)
          log.add(`Attempt ${job.attempt}: ${whereFrom(assignment)}.`);
        const end = await this.train(job, training, assignment, log, gone);
        if (end.kind === 'refused') throw new AppError(end.code, { detail: end.detail });
        const storageKey = this.objects.newKey();
        await this.store.write(storageKey, createReadStream(join(directory, MODEL_FILE)), { signal });
        const manifestBytes = await readFile(join(directory, MANIFEST_FILE));
        return { metrics: end.metrics, hash: end.hash, manifestBytes, storageKey };
      });
    } catch (error) {
      throw trainingFailure(error);
    } finally {
      await log.flush();
    }
  }

  private async prepare(
    { request, source, checkpointKey }: TrainingJobEntity,
    directory: string,
    signal: AbortSignal,
  ): Promise<TrainingAssignment> {
    return {
      request,
      source,
      parquet: await this.localTable(source.storageKey, directory, signal),
      directory,
      checkpoint: await this.checkpoints.fetch(checkpointKey, directory),
    };
  }

  /** A path with the bytes of the table: where the store keeps them, or a copy in `directory`. */
  private async localTable(key: string, directory: string, signal: AbortSignal): Promise<string> {
    const path = this.store.localPath(key);
    if (path !== undefined && (await this.store.size(key)) !== undefined) return path;
    const copy = join(directory, 'table.parquet');
    await pipeline(await this.store.read(key), createWriteStream(copy), { signal });
    return copy;
  }

  private async train(
    job: Job,
    training: TrainingJobEntity,
    assignment: TrainingAssignment,
    log: TrainingLog,
    gone: AbortController,
  ): Promise<TrainingEnd> {
    const { modelId, ownerId, request, source } = training;
    const signal = AbortSignal.any([job.signal, gone.signal]);
    const feed = new TrainingFeed({ jobId: job.id, modelId }, (data) =>
      this.realtime.broadcast(userStream(ownerId), 'training.progress', data),
    );
    const checkpoints = new CheckpointQueue(
      async (path) => {
        await this.checkpoints.replace(path, (key) => this.swapCheckpoint(job, key, gone), signal);
      },
      (path) => rm(path, { force: true }),
    );
    const onReport = (report: TrainingReport): void => {
      if (report.kind === 'log') log.add(report.line);
      else if (report.kind === 'checkpoint') {
        checkpoints.add(join(assignment.directory, checkpointFile(report.number)));
      } else {
        feed.tell(report.progress);
        job.reportProgress(report.progress.fraction * 100);
      }
    };
    try {
      return await runChild<TrainingAssignment, TrainingEnd, TrainingReport>({
        entry: new URL('./training.child.js', import.meta.url),
        request: assignment,
        directory: assignment.directory,
        limits: trainingLimits(
          source.rows,
          columnsToRead(request, source).length,
          this.config.training,
          request.params,
        ),
        onReport,
        signal,
      });
    } finally {
      feed.stop();
      await checkpoints.idle();
    }
  }

  /** @returns the key of the checkpoint before */
  private async swapCheckpoint(job: Job, key: string, gone: AbortController): Promise<string | null> {
    const swapped = await job.whileHeld(() => this.trainings.swapCheckpoint(job.id, key));
    if (swapped) return swapped.old;
    gone.abort(modelGone());
    throw modelGone();
  }

  private async writeLog(job: Job, lines: TrainingLogLine[], gone: AbortController): Promise<void> {
    try {
      const written = await job.whileHeld(() => this.trainings.appendLog(job.id, lines));
      if (!written) gone.abort(modelGone());
    } catch (error) {
      this.logger.debug({ reason: String(error), jobId: job.id }, 'lines of a training were not written');
    }
  }
}

function modelGone(): AppError {
  return new AppError('model_not_found', { detail: 'The model was deleted.' });
}

function whereFrom({ checkpoint }: TrainingAssignment): string {
  return checkpoint === null ? 'begins anew' : 'goes on from the last checkpoint';
}

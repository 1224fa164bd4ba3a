import { Injectable } from '@nestjs/common';
import { HandlesJob } from '../../infra/jobs/handles-job.decorator.js';
import type { JobOutcome, RunningJob } from '../../infra/jobs/running-job.js';
import { StoredObjects } from '../../infra/storage/stored-objects.js';
import { FileQuota } from '../files/file-quota.js';
import type { DatasetEntity } from './dataset.entity.js';
import { DatasetProfiling, type Profiling } from './dataset-profiling.js';
import { DatasetsRepository } from './datasets.repository.js';

type Outcome = JobOutcome<'dataset.profile'>;

/** What happens to datasets in the background. */
@Injectable()
export class DatasetsWorker {
  constructor(
    private readonly datasets: DatasetsRepository,
    private readonly profiling: DatasetProfiling,
    private readonly objects: StoredObjects,
    private readonly quota: FileQuota,
  ) {}

  /** Reads the file of a dataset. A file that is no table ends the job well, and the dataset as `invalid`. */
  @HandlesJob('dataset.profile')
  async profile(job: RunningJob<'dataset.profile'>): Promise<Outcome> {
    const { datasetId } = job.payload;
    const dataset = await this.datasets.findForProfiling(datasetId);
    if (!dataset) return { result: { datasetId, state: 'deleted', rows: null } };
    if (dataset.state !== 'profiling') {
      return { result: { datasetId, state: dataset.state, rows: dataset.rows } };
    }
    const profiling = await this.profiling.profile(dataset, {
      signal: job.signal,
      onProgress: (part) => job.reportProgress(part * 100),
    });
    const rows = profiling.kind === 'ready' ? profiling.found.rows : null;
    return {
      result: { datasetId, state: profiling.kind, rows },
      effects: () => this.keep(dataset, profiling),
    };
  }

  /** @throws AppError quota_exceeded: the job fails, and with it the dataset */
  private async keep({ id, ownerId }: DatasetEntity, profiling: Profiling): Promise<void> {
    if (profiling.kind === 'invalid') return this.datasets.markInvalid(id, profiling.error);
    const { storageKey } = profiling.found;
    await this.objects.keep(storageKey, profiling.size);
    const kept = await this.datasets.markReady(id, profiling.found);
    if (kept) await this.quota.takeFor(ownerId, profiling.size);
    else await this.objects.release([storageKey]);
  }
}

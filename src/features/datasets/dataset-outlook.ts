// What a dataset is to its owner: one whose job has ended without a word is not being profiled any more.

import type { DatasetError, DatasetState } from '../../contracts/datasets.js';
import type { DatasetRow } from './datasets.repository.js';

export interface DatasetOutlook {
  readonly state: DatasetState;
  readonly error: DatasetError | null;
}

/** State and error of a dataset, with its job taken into account: a retried job makes it `profiling` again. */
export function outlookOf(
  dataset: Pick<DatasetRow, 'state' | 'error' | 'jobState' | 'jobError'>,
): DatasetOutlook {
  const { state, error, jobState, jobError } = dataset;
  if (state !== 'profiling') return { state, error };
  switch (jobState) {
    case 'canceled':
      return invalid({ code: 'profiling_canceled', detail: 'Its job was canceled.' });
    case 'failed':
    case null:
      return invalid({
        code: jobError?.code === 'quota_exceeded' ? 'quota_exceeded' : 'profiling_failed',
        detail: jobError?.detail ?? 'Its job came to no end.',
      });
    default:
      return { state, error: null };
  }
}

function invalid(error: DatasetError): DatasetOutlook {
  return { state: 'invalid', error };
}

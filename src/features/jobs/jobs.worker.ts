// The small real job to try progress and cancel with.

import { createHash } from 'node:crypto';
import { setImmediate as nextTurn, setTimeout as wait } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { HandlesJob } from '../../infra/jobs/handles-job.decorator.js';
import type { JobOutcome, RunningJob } from '../../infra/jobs/running-job.js';

/** Without a pace, other work gets its turn after as many items. */
const ITEMS_PER_TURN = 100;

@Injectable()
export class JobsWorker {
  /** Result: number of items, and bytes and SHA-256 of JSON.stringify(items) in UTF-8. */
  @HandlesJob('data.process')
  async process(job: RunningJob<'data.process'>): Promise<JobOutcome<'data.process'>> {
    const { itemsJson, paceMs } = job.payload;
    const items = JSON.parse(itemsJson) as unknown[];
    const hash = createHash('sha256');
    let bytes = 0;
    const add = (text: string): void => {
      hash.update(text);
      bytes += Buffer.byteLength(text);
    };
    for (const [index, item] of items.entries()) {
      await pause(index, paceMs, job.signal);
      add(`${index === 0 ? '[' : ','}${JSON.stringify(item)}`);
      job.reportProgress(((index + 1) / items.length) * 100);
    }
    add(']');
    return { result: { status: 'processed', count: items.length, bytes, sha256: hash.digest('hex') } };
  }
}

async function pause(index: number, paceMs: number, signal: AbortSignal): Promise<void> {
  if (paceMs > 0) await wait(paceMs, undefined, { signal });
  else if (index % ITEMS_PER_TURN === 0) await nextTurn(undefined, { signal });
}

// Tries uploaded models out, one at a time, each in a process that has seen no other one.

import { Injectable } from '@nestjs/common';
import { AppError } from '../../common/errors/app-error.js';
import type { OnnxSignature } from './onnx-messages.js';
import { OnnxProcess } from './onnx-process.js';

/** More are told to come back. */
const MOST_WAITING = 10;

@Injectable()
export class OnnxChecks {
  private last: Promise<unknown> = Promise.resolve();
  private waiting = 0;

  /**
   * Loads a model and runs it on one row of zeros.
   * @returns what it takes and gives
   * @throws OnnxRefusal for one that cannot be served; AppError overloaded
   */
  async inspect(bytes: Uint8Array): Promise<OnnxSignature> {
    if (this.waiting >= MOST_WAITING) throw new AppError('overloaded', { headers: { 'Retry-After': '5' } });
    this.waiting += 1;
    const checked = this.last.then(() => inspectAlone(bytes));
    this.last = checked.catch(() => undefined);
    try {
      return await checked;
    } finally {
      this.waiting -= 1;
    }
  }
}

async function inspectAlone(bytes: Uint8Array): Promise<OnnxSignature> {
  const process = new OnnxProcess();
  try {
    return await process.inspect('upload', bytes);
  } finally {
    process.stop();
  }
}

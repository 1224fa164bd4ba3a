// Answers by models in ONNX that have been checked, from one child that stays warm for a while.

import { Injectable, type OnModuleDestroy } from '@nestjs/common';
import { AppError } from '../../common/errors/app-error.js';
import type { OnnxAnswers, OnnxRequest } from './onnx-messages.js';
import { OnnxProcess } from './onnx-process.js';
import { OnnxRefusal } from './onnx-refusal.js';

const MOST_WAITING = 50;
/** It holds some 130 MB. */
const IDLE_MS = 60_000;

@Injectable()
export class OnnxRunner implements OnModuleDestroy {
  private readonly process = new OnnxProcess();
  private idle: NodeJS.Timeout | undefined;

  /**
   * @param key names the model for as long as this process lives
   * @throws AppError onnx_failed, overloaded
   */
  async predict(key: string, bytes: Uint8Array, ask: NonNullable<OnnxRequest['ask']>): Promise<OnnxAnswers> {
    if (this.process.waiting >= MOST_WAITING) {
      throw new AppError('overloaded', { headers: { 'Retry-After': '1' } });
    }
    clearTimeout(this.idle);
    try {
      return await this.process.predict(key, bytes, ask);
    } catch (error) {
      if (!(error instanceof OnnxRefusal)) throw error;
      throw new AppError('onnx_failed', { detail: error.message, cause: error });
    } finally {
      if (this.process.waiting === 0) this.idle = setTimeout(() => this.process.stop(), IDLE_MS).unref();
    }
  }

  onModuleDestroy(): void {
    clearTimeout(this.idle);
    this.process.stop();
  }
}

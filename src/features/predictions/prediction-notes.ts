// The history of hits, which wait for no SQL. A hit is noted in Redis by the script that finds it, and in the
// memory of its process; within half a second the process writes it to the database. It is lost only if the process
// is killed and Redis loses its data within that time. Whoever reads the history writes all notes first.

import { AsyncResource } from 'node:async_hooks';
import { Injectable, Logger, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { RedisConnections } from '../../infra/redis/redis-connections.js';
import { MODEL_PARTS, partOf } from '../models/model-heads.js';
import { notesKey } from './prediction-cache.js';
import { PredictionsRepository, type CompletedPrediction } from './predictions.repository.js';

const WRITE_EVERY_MS = 500;
/** Per statement. */
const BATCH = 200;
/** While the database is away, so many wait in memory; the next ones are refused by it themselves. */
const MOST_PENDING = 2_000;

/** What is known of a prediction before its result is. */
export type PredictionNote = Omit<CompletedPrediction, 'version' | 'result'>;

@Injectable()
export class PredictionNotes implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly logger = new Logger(PredictionNotes.name);
  // Writing is nobody's request, and belongs to nobody's transaction.
  private readonly background = new AsyncResource(PredictionNotes.name);
  private pending = new Map<string, CompletedPrediction>();
  private writing: Promise<void> = Promise.resolve();
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly predictions: PredictionsRepository,
    private readonly connections: RedisConnections,
  ) {}

  /** False when so much is waiting that a hit has to write its history itself. */
  get hasRoom(): boolean {
    return this.pending.size < MOST_PENDING;
  }

  /** The text that the cache is to keep with a hit. */
  textOf(note: PredictionNote): string {
    return JSON.stringify(note);
  }

  /** Takes in a hit whose note is in Redis already. */
  add(prediction: CompletedPrediction): void {
    this.pending.set(prediction.id, prediction);
    this.writeLater();
  }

  /**
   * Writes what this process has noted and what others have left in Redis: after it the history is complete.
   * @throws AppError service_unavailable when the database is away
   */
  async settle(): Promise<void> {
    if (this.pending.size > 0) await this.write();
    await this.background.runInAsyncScope(() => this.takeOver());
  }

  /** Takes over what a process that was killed has left. */
  onApplicationBootstrap(): void {
    this.takeOver().catch((error: unknown) => {
      this.logger.warn({ err: error }, 'noted predictions were not taken over');
    });
  }

  async onApplicationShutdown(): Promise<void> {
    await this.write().catch(() => undefined);
    clearTimeout(this.timer);
  }

  /** After what is being written. */
  private write(): Promise<void> {
    clearTimeout(this.timer);
    this.timer = undefined;
    return this.background.runInAsyncScope(() => {
      const written = this.writing.then(() => this.writeOnce());
      this.writing = written.catch(() => undefined);
      return written;
    });
  }

  private async writeOnce(): Promise<void> {
    const batch = [...this.pending.values()];
    if (batch.length === 0) return;
    try {
      await this.insert(batch);
    } catch (error) {
      this.writeLater();
      throw error;
    }
    for (const { id } of batch) this.pending.delete(id);
    await this.forget(batch);
  }

  private async takeOver(): Promise<void> {
    await Promise.all(MODEL_PARTS.map((part) => this.takeOverPart(part)));
  }

  private async takeOverPart(part: string): Promise<void> {
    const notes = await this.connections.cache.hgetall(notesKey(part)).catch(() => ({}));
    const left = Object.entries(notes).filter(([id]) => !this.pending.has(id));
    if (left.length === 0) return;
    const found = left.flatMap(([, text]) => readNote(text) ?? []);
    await this.insert(found);
    await this.remove(
      part,
      left.map(([id]) => id),
    );
  }

  private async insert(predictions: readonly CompletedPrediction[]): Promise<void> {
    for (let start = 0; start < predictions.length; start += BATCH) {
      await this.predictions.insertCompleted(predictions.slice(start, start + BATCH));
    }
  }

  /** Notes that stay are written once more, which changes nothing. */
  private async forget(predictions: readonly CompletedPrediction[]): Promise<void> {
    const parts = new Map<string, string[]>();
    for (const { id, modelId } of predictions) {
      const part = partOf(modelId);
      parts.set(part, [...(parts.get(part) ?? []), id]);
    }
    await Promise.all([...parts].map(([part, ids]) => this.remove(part, ids)));
  }

  private async remove(part: string, ids: readonly string[]): Promise<void> {
    await this.connections.cache.hdel(notesKey(part), ...ids).catch(() => undefined);
  }

  private writeLater(): void {
    this.timer ??= this.background.runInAsyncScope(() =>
      setTimeout(() => {
        this.write().catch((error: unknown) => {
          this.logger.warn({ err: error, count: this.pending.size }, 'noted predictions were not written');
        });
      }, WRITE_EVERY_MS).unref(),
    );
  }
}

/** Undefined for what this version cannot read. */
function readNote(text: string): CompletedPrediction | undefined {
  const [note, number, result] = text.split('\n');
  if (note === undefined || result === undefined) return undefined;
  try {
    return {
      ...(JSON.parse(note) as PredictionNote),
      version: Number(number),
      result: JSON.parse(result) as CompletedPrediction['result'],
    };
  } catch {
    return undefined;
  }
}

// What a training has to keep to go on after its process is gone: the algorithms that are done, and where the
// one stands that is under way.

import { ByteReader, DamagedBytes } from './byte-reader.js';
import { ByteWriter } from './byte-writer.js';
import type { LearningCurve } from './trainers/trainer.js';

export interface FinishedStage {
  /** As TrainedModel.encode() gives it. */
  readonly modelBytes: Uint8Array;
  readonly curve: LearningCurve;
}

export interface RunCheckpoint {
  /** In the order of the run. */
  readonly finished: readonly FinishedStage[];
  /** Of the trainer under way. */
  readonly trainer: Uint8Array;
}

const MAGIC = 'MPRC1';

/** @param fingerprint says which training this is of */
export function encodeRunCheckpoint(fingerprint: string, { finished, trainer }: RunCheckpoint): Uint8Array {
  const writer = new ByteWriter().magic(MAGIC).text(fingerprint).u32(finished.length);
  for (const { modelBytes, curve } of finished) {
    writer.block(modelBytes).f64List(curve.train).f64List(curve.valid).u32(curve.bestRound);
  }
  return writer.block(trainer).finish();
}

/** @throws DamagedBytes when the checkpoint is of another training, or damaged */
export function decodeRunCheckpoint(fingerprint: string, bytes: Uint8Array): RunCheckpoint {
  const reader = new ByteReader(bytes);
  reader.expect(MAGIC);
  if (reader.text() !== fingerprint) throw new DamagedBytes('it is of another training');
  const finished: FinishedStage[] = [];
  for (let left = reader.u32(); left > 0; left -= 1) {
    const modelBytes = reader.block();
    const train = Array.from(reader.f64List());
    const valid = Array.from(reader.f64List());
    finished.push({ modelBytes, curve: { train, valid, bestRound: reader.u32() } });
  }
  const trainer = reader.block();
  reader.end();
  return { finished, trainer };
}

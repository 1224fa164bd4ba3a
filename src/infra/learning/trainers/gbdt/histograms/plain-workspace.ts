// Histograms in plain TypeScript: runs everywhere, and says what the kernel has to give.

import { histogramLayout, STRIDE, type HistogramLayout } from './histogram-layout.js';
import type { HistogramWorkspace, WorkspaceShape } from './histogram-workspace.js';
import { addToHistogram, addToPlainHistogram } from './plain-sums.js';

export class PlainWorkspace implements HistogramWorkspace {
  readonly kernel = 'plain';
  readonly layout: HistogramLayout;
  readonly rows: Int32Array;
  private readonly free: Float64Array[] = [];
  private readonly gradients: Float64Array;
  private readonly hessians: Float64Array;
  private start = 0;
  private end = 0;

  constructor(private readonly shape: WorkspaceShape) {
    this.layout = histogramLayout(shape.features);
    this.rows = new Int32Array(shape.rows);
    this.gradients = new Float64Array(shape.rows);
    this.hessians = new Float64Array(shape.plainHessians ? 0 : shape.rows);
  }

  get bins(): readonly Uint8Array[] {
    return this.shape.bins;
  }

  take(): Float64Array {
    return this.free.pop()?.fill(0) ?? new Float64Array(this.layout.length);
  }

  release(histogram: Float64Array): void {
    this.free.push(histogram);
  }

  collect(start: number, end: number, gradients: Float64Array, hessians: Float64Array): void {
    this.start = start;
    this.end = end;
    gather(this.rows, start, end, gradients, this.gradients);
    if (!this.shape.plainHessians) gather(this.rows, start, end, hessians, this.hessians);
  }

  sum(histogram: Float64Array, feature: number): void {
    const { rows, start, end, gradients } = this;
    const bins = this.bins[feature]!;
    const offset = this.layout.offsets[feature]!;
    if (!this.shape.plainHessians) {
      addToHistogram(histogram, offset, bins, rows, start, end, gradients, this.hessians);
      return;
    }
    addToPlainHistogram(histogram, offset, bins, rows, start, end, gradients);
    const last = offset + STRIDE * this.shape.features[feature]!.bins;
    for (let at = offset; at <= last; at += STRIDE) histogram[at + 1] = histogram[at + 2]!;
  }
}

function gather(
  rows: Int32Array,
  start: number,
  end: number,
  values: Float64Array,
  into: Float64Array,
): void {
  for (let index = start, own = 0; index < end; index += 1, own += 1) into[own] = values[rows[index]!]!;
}

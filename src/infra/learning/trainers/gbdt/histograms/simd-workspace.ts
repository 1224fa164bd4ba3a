// Histograms by the kernel in WebAssembly (histogram-kernel.wat), in a memory that holds what it reads and writes.

import { HISTOGRAM_KERNEL_BASE64 } from './histogram-kernel-bytes.js';
import { histogramLayout, type HistogramLayout } from './histogram-layout.js';
import type { HistogramWorkspace, WorkspaceShape } from './histogram-workspace.js';

type AddRows = (histogram: number, bins: number, row: number, end: number, pair: number) => void;

const PAGE_BYTES = 65_536;
/** Addresses have 32 bits. */
const MOST_PAGES = 65_536;
const PAIR = 2;

/** @returns undefined where the kernel does not run: no WebAssembly, no SIMD, or more memory than it can address */
export function openSimdWorkspace(shape: WorkspaceShape): HistogramWorkspace | undefined {
  if (typeof WebAssembly === 'undefined') return undefined;
  const kernel = Buffer.from(HISTOGRAM_KERNEL_BASE64, 'base64');
  const pages = Math.ceil(workspaceBytes(shape) / PAGE_BYTES);
  if (pages > MOST_PAGES || !WebAssembly.validate(kernel)) return undefined;
  const memory = reserve(pages);
  if (!memory) return undefined;
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(kernel), { histograms: { memory } });
  return new SimdWorkspace(shape, memory.buffer, exports.addRows as AddRows);
}

/** Only what is written to takes real memory, whatever the size of the address space. */
function reserve(pages: number): WebAssembly.Memory | undefined {
  try {
    return new WebAssembly.Memory({ initial: pages, maximum: pages });
  } catch {
    // The address space is limited.
    return undefined;
  }
}

/** Of address space. */
export function workspaceBytes({ features, rows, histograms }: WorkspaceShape): number {
  const perRow =
    (PAIR * Float64Array.BYTES_PER_ELEMENT + Int32Array.BYTES_PER_ELEMENT + features.length) * rows;
  return perRow + histograms * histogramLayout(features).length * Float64Array.BYTES_PER_ELEMENT;
}

class SimdWorkspace implements HistogramWorkspace {
  readonly kernel = 'simd';
  readonly layout: HistogramLayout;
  readonly bins: readonly Uint8Array[];
  readonly rows: Int32Array;
  private readonly free: Float64Array[];
  private readonly pairs: Float64Array;
  private readonly plainHessians: boolean;
  private firstRow = 0;
  private rowsEnd = 0;

  constructor(
    { features, bins, rows, histograms, plainHessians }: WorkspaceShape,
    buffer: ArrayBuffer,
    private readonly addRows: AddRows,
  ) {
    this.layout = histogramLayout(features);
    this.plainHessians = plainHessians;
    const { length } = this.layout;
    // The longest numbers first, so that each list begins where its numbers may stand.
    let at = 0;
    const next = (bytes: number): number => (at += bytes) - bytes;
    this.pairs = new Float64Array(buffer, next(PAIR * 8 * rows), PAIR * rows);
    if (plainHessians) this.pairs.fill(1);
    this.free = Array.from({ length: histograms }, () => new Float64Array(buffer, next(8 * length), length));
    this.rows = new Int32Array(buffer, next(4 * rows), rows);
    this.bins = bins.map((column) => {
      const own = new Uint8Array(buffer, next(rows), rows);
      own.set(column);
      return own;
    });
  }

  take(): Float64Array {
    const histogram = this.free.pop();
    if (!histogram) throw new Error('More histograms are in use than were asked for.');
    return histogram.fill(0);
  }

  release(histogram: Float64Array): void {
    this.free.push(histogram);
  }

  collect(start: number, end: number, gradients: Float64Array, hessians: Float64Array): void {
    const { rows, pairs } = this;
    this.firstRow = rows.byteOffset + rows.BYTES_PER_ELEMENT * start;
    this.rowsEnd = rows.byteOffset + rows.BYTES_PER_ELEMENT * end;
    // With plain hessians the second one of each pair is 1 already.
    for (let index = start, own = 0; index < end; index += 1, own += PAIR) {
      pairs[own] = gradients[rows[index]!]!;
    }
    if (this.plainHessians) return;
    for (let index = start, own = 1; index < end; index += 1, own += PAIR) {
      pairs[own] = hessians[rows[index]!]!;
    }
  }

  sum(histogram: Float64Array, feature: number): void {
    const at = histogram.byteOffset + histogram.BYTES_PER_ELEMENT * this.layout.offsets[feature]!;
    this.addRows(at, this.bins[feature]!.byteOffset, this.firstRow, this.rowsEnd, this.pairs.byteOffset);
  }
}

// What sums histograms up, with the lists that it reads: plain TypeScript, or the kernel in WebAssembly. Both add
// in the same order, so that the trees are the same to the last bit.

import type { FeatureBins } from '../feature-bins.js';
import type { HistogramLayout } from './histogram-layout.js';

export type HistogramKernel = 'plain' | 'simd';

export interface WorkspaceShape {
  readonly features: readonly FeatureBins[];
  /** Per feature, the bin of each training row. */
  readonly bins: readonly Uint8Array[];
  /** Training rows. */
  readonly rows: number;
  /** Most histograms in use at a time. */
  readonly histograms: number;
  /** Every hessian is 1. */
  readonly plainHessians: boolean;
}

export interface HistogramWorkspace {
  readonly kernel: HistogramKernel;
  readonly layout: HistogramLayout;
  /** Per feature, the bin of each training row; instead of those of the shape, which are needed no more. */
  readonly bins: readonly Uint8Array[];
  /** Room for the training rows that a tree is grown from. */
  readonly rows: Int32Array;
  /** A histogram of zeros. */
  take(): Float64Array;
  /** Gives one back. */
  release(histogram: Float64Array): void;
  /** Says which of `rows` the next sums are over, from `start` to before `end`, and what their derivatives are. */
  collect(start: number, end: number, gradients: Float64Array, hessians: Float64Array): void;
  /** Adds up one feature of the rows that were collected, in their order. */
  sum(histogram: Float64Array, feature: number): void;
}

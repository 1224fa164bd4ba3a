// Sums of gradients per bin, from which the best split of a leaf is read. The innermost loop of training, where
// the kernel in WebAssembly does not do it.

import { STRIDE } from './histogram-layout.js';

/**
 * Sums over the rows of a leaf, for one feature. Four rows at a time, because that takes V8 half as long.
 * @param offset where the feature begins in the histogram
 * @param rows the leaf's are from `start` to before `end`
 * @param gradients of the leaf's rows, in their order, from 0
 */
export function addToHistogram(
  histogram: Float64Array,
  offset: number,
  bins: Uint8Array,
  rows: Int32Array,
  start: number,
  end: number,
  gradients: Float64Array,
  hessians: Float64Array,
): void {
  let own = 0;
  let index = start;
  for (; index + 3 < end; index += 4, own += 4) {
    const first = offset + STRIDE * bins[rows[index]!]!;
    const second = offset + STRIDE * bins[rows[index + 1]!]!;
    const third = offset + STRIDE * bins[rows[index + 2]!]!;
    const fourth = offset + STRIDE * bins[rows[index + 3]!]!;
    histogram[first]! += gradients[own]!;
    histogram[first + 1]! += hessians[own]!;
    histogram[first + 2]! += 1;
    histogram[second]! += gradients[own + 1]!;
    histogram[second + 1]! += hessians[own + 1]!;
    histogram[second + 2]! += 1;
    histogram[third]! += gradients[own + 2]!;
    histogram[third + 1]! += hessians[own + 2]!;
    histogram[third + 2]! += 1;
    histogram[fourth]! += gradients[own + 3]!;
    histogram[fourth + 1]! += hessians[own + 3]!;
    histogram[fourth + 2]! += 1;
  }
  for (; index < end; index += 1, own += 1) {
    const at = offset + STRIDE * bins[rows[index]!]!;
    histogram[at]! += gradients[own]!;
    histogram[at + 1]! += hessians[own]!;
    histogram[at + 2]! += 1;
  }
}

/** The same when every hessian is 1, so that hessians and rows are one sum: that of the rows. */
export function addToPlainHistogram(
  histogram: Float64Array,
  offset: number,
  bins: Uint8Array,
  rows: Int32Array,
  start: number,
  end: number,
  gradients: Float64Array,
): void {
  let own = 0;
  let index = start;
  for (; index + 3 < end; index += 4, own += 4) {
    const first = offset + STRIDE * bins[rows[index]!]!;
    const second = offset + STRIDE * bins[rows[index + 1]!]!;
    const third = offset + STRIDE * bins[rows[index + 2]!]!;
    const fourth = offset + STRIDE * bins[rows[index + 3]!]!;
    histogram[first]! += gradients[own]!;
    histogram[first + 2]! += 1;
    histogram[second]! += gradients[own + 1]!;
    histogram[second + 2]! += 1;
    histogram[third]! += gradients[own + 2]!;
    histogram[third + 2]! += 1;
    histogram[fourth]! += gradients[own + 3]!;
    histogram[fourth + 2]! += 1;
  }
  for (; index < end; index += 1, own += 1) {
    const at = offset + STRIDE * bins[rows[index]!]!;
    histogram[at]! += gradients[own]!;
    histogram[at + 2]! += 1;
  }
}

// Chooses what sums histograms up.

import type { HistogramKernel, HistogramWorkspace, WorkspaceShape } from './histogram-workspace.js';
import { PlainWorkspace } from './plain-workspace.js';
import { openSimdWorkspace } from './simd-workspace.js';

/** @param kernel the quicker one when left out; plain TypeScript also where the other one does not run */
export function openHistogramWorkspace(shape: WorkspaceShape, kernel?: HistogramKernel): HistogramWorkspace {
  const simd = kernel === 'plain' ? undefined : openSimdWorkspace(shape);
  return simd ?? new PlainWorkspace(shape);
}

// The columns of the input of an exported model, as its operators need them.

import type { GraphDraft } from '../../onnx/graph-draft.js';
import { INT64 } from '../../onnx/onnx-writer.js';
import type { ModelFeature } from '../artifact/model-manifest.js';

export class InputColumns {
  /** @param input name of the whole input: rows × features */
  constructor(
    private readonly draft: GraphDraft,
    readonly input: string,
    private readonly features: readonly ModelFeature[],
  ) {}

  get count(): number {
    return this.features.length;
  }

  /** Some features: rows × as many. */
  some(features: readonly number[]): string {
    const which = this.draft.integers([features.length], features);
    return this.draft.apply('Gather', [this.input, which], [{ name: 'axis', int: 1 }]);
  }

  /**
   * The codes of a category, one per row, as places in a list: what is missing, or not one of the categories, gets
   * the place behind the last one.
   */
  codes(feature: number): string {
    const { draft } = this;
    const count = this.features[feature]!.categories!.length;
    const which = draft.integers([], [feature]);
    const given = draft.apply('Gather', [this.input, which], [{ name: 'axis', int: 1 }]);
    const behind = draft.doubles([], [count]);
    // Both are false for NaN.
    const fromZero = draft.apply('GreaterOrEqual', [given, draft.doubles([], [0])]);
    const known = draft.apply('And', [fromZero, draft.apply('Less', [given, behind])]);
    return draft.apply('Cast', [draft.apply('Where', [known, given, behind])], [{ name: 'to', int: INT64 }]);
  }
}

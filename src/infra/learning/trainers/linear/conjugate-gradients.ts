// Solves a system of linear equations by the method of conjugate gradients (Hestenes and Stiefel 1952), which
// needs products with the matrix and never the matrix itself. Collinear columns do it no harm.

/**
 * @param times the product with the symmetric, positive semi-definite matrix
 * @param diagonal about the matrix's own, all above 0: divides to make the way shorter
 * @param tolerance ends when what is left is this much smaller than `right`
 * @returns x with matrix · x ≈ right
 */
export function* conjugateGradients(
  times: (direction: Float64Array) => Generator<void, Float64Array>,
  right: Float64Array,
  diagonal: Float64Array,
  tolerance: number,
  mostSteps: number,
): Generator<void, Float64Array> {
  const solution = new Float64Array(right.length);
  const rest = right.slice();
  const scaled = rest.map((value, index) => value / diagonal[index]!);
  const direction = scaled.slice();
  let size = dot(rest, scaled);
  const enough = size * tolerance * tolerance;
  for (let step = 0; step < mostSteps && size > enough; step += 1) {
    const product = yield* times(direction);
    const along = dot(direction, product);
    // Nothing to gain this way: the matrix does not see it.
    if (!(along > 0)) break;
    const length = size / along;
    for (let index = 0; index < solution.length; index += 1) {
      solution[index]! += length * direction[index]!;
      rest[index]! -= length * product[index]!;
      scaled[index] = rest[index]! / diagonal[index]!;
    }
    const before = size;
    size = dot(rest, scaled);
    const keep = size / before;
    for (let index = 0; index < direction.length; index += 1) {
      direction[index] = scaled[index]! + keep * direction[index]!;
    }
  }
  return solution;
}

export function dot(one: Float64Array, other: Float64Array): number {
  let sum = 0;
  for (let index = 0; index < one.length; index += 1) sum += one[index]! * other[index]!;
  return sum;
}

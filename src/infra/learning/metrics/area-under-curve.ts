// Area under the ROC curve: how often a row of the second class has the higher score than one of the first.

/**
 * By ranks (Mann and Whitney 1947); equal scores count half.
 * @param targets 0 or 1 per row
 * @returns undefined when only one of the classes occurs
 */
export function areaUnderCurve(scores: Float64Array, targets: ArrayLike<number>): number | undefined {
  const order = Int32Array.from(scores.keys()).sort((one, other) => scores[one]! - scores[other]!);
  let positives = 0;
  let rankSum = 0;
  for (let start = 0; start < order.length;) {
    let end = start + 1;
    while (end < order.length && scores[order[end]!] === scores[order[start]!]) end += 1;
    // Ranks count from 1, and equal scores share the mean of theirs.
    const rank = (start + 1 + end) / 2;
    for (let index = start; index < end; index += 1) {
      if (targets[order[index]!] !== 1) continue;
      positives += 1;
      rankSum += rank;
    }
    start = end;
  }
  const negatives = scores.length - positives;
  if (positives === 0 || negatives === 0) return undefined;
  return (rankSum - (positives * (positives + 1)) / 2) / (positives * negatives);
}

/*
 * Scaled dot-product attention as the original paper has it (Vaswani et al. 2017, Equation 1): softmax(QKᵀ/√d)V.
 * Pure numbers without units; each matrix is a list of rows, a row for each token.
 */

/** @typedef {number[][]} Matrix */

/**
 * Scores, weights and outputs of one head: what each token's query makes of all keys and values.
 *
 * A score that the causal mask hides is minus infinity, and its weight 0 (Section 3.2.3). Throws a `RangeError` where the
 * matrices do not fit together, or are so large that a score is no number any more.
 *
 * @param {Matrix} queries as long as the keys
 * @param {Matrix} keys
 * @param {Matrix} values as many as the keys
 * @param {{ scaled?: boolean, causal?: boolean }} [switches] both off if left out
 * @returns {{ scores: Matrix, weights: Matrix, outputs: Matrix }}
 */
export function attention(queries, keys, values, { scaled = false, causal = false } = {}) {
  const length = widthOf(keys);
  const width = widthOf(values);
  if (widthOf(queries) !== length || keys.length !== values.length) throw new RangeError("sizes");
  const divisor = scaled ? Math.sqrt(length) : 1;
  const scores = queries.map((query, row) =>
    keys.map((key, column) => (causal && column > row ? -Infinity : finite(dot(query, key) / divisor))),
  );
  const weights = scores.map(softmax);
  const columns = Array.from({ length: width }, (_, at) => values.map((value) => value[at]));
  return { scores, weights, outputs: weights.map((row) => columns.map((column) => finite(dot(row, column)))) };
}

/**
 * Turns scores into positive shares of 1, each in proportion to e to the power of its score.
 * @param {number[]} scores at least one of them finite; minus infinity gets the share 0
 */
export function softmax(scores) {
  // Shares depend on differences alone, and e to the power of a large score is no number any more.
  const most = Math.max(...scores);
  const powers = scores.map((score) => Math.exp(score - most));
  const all = powers.reduce((sum, power) => sum + power, 0);
  return powers.map((power) => power / all);
}

/** @param {number[]} one @param {number[]} other */
function dot(one, other) {
  return one.reduce((sum, number, at) => sum + number * other[at], 0);
}

/** The length of the rows, which must be the same, of finite numbers. @param {Matrix} matrix */
function widthOf(matrix) {
  const width = matrix[0]?.length;
  if (!width || !matrix.every((row) => row.length === width && row.every(Number.isFinite))) throw new RangeError("matrix");
  return width;
}

/** @param {number} number */
function finite(number) {
  if (!Number.isFinite(number)) throw new RangeError("size");
  return number;
}

/*
 * Reads the attention weights of a model from the file that tests/content/real_attention.py has written, in which each weight is
 * a letter: whole percent, counted from the letter for 0.
 */

/**
 * The weights of one head in percent: a row for each token that looks, a number for each that is looked at.
 * @param {string} packed row by row
 * @param {number} tokens whose square is the count of letters
 * @param {string} zero the letter for 0
 * @returns {number[][]}
 */
export function weightsOf(packed, tokens, zero) {
  const first = zero.charCodeAt(0);
  const found = Array.from(packed, (letter) => letter.charCodeAt(0) - first);
  if (!(tokens > 0) || found.length !== tokens * tokens || found.some((weight) => !(weight >= 0 && weight <= 100)))
    throw new RangeError("weights");
  return Array.from({ length: tokens }, (_, row) => found.slice(row * tokens, (row + 1) * tokens));
}

/**
 * The places of the largest weights, the largest first, of equals the earlier first; weights of 0 are left out.
 * @param {number[]} row
 * @param {number} count of places, at most
 */
export function strongest(row, count) {
  return [...row.keys()]
    .filter((at) => row[at] > 0)
    .sort((one, other) => row[other] - row[one])
    .slice(0, count);
}

/* From scores to the token that is drawn. */

import { drawn } from "../cards/seed.js";

/**
 * What sums may be off by: six rounded sixths can add up to a little less than the p that they are to
 * reach, and then one token too many would stay.
 */
const ROUNDING = 1e-12;

/**
 * The probabilities of scores at a temperature: e to the power of score ÷ temperature, made to sum to 1.
 *
 * At 0, by which nothing can be divided, all goes to the highest score, and of equal ones to the first.
 * @param {number[]} scores
 * @param {number} temperature 0 or more
 */
export function softmax(scores, temperature) {
  if (!scores.length || ![...scores, temperature].every(Number.isFinite) || temperature < 0)
    throw new RangeError("scores, temperature");
  const top = Math.max(...scores);
  const first = scores.indexOf(top);
  if (temperature === 0) return scores.map((_, n) => Number(n === first));
  // Less the top score, so that no power is too large for a number.
  return toOne(scores.map((score) => Math.exp((score - top) / temperature)));
}

/**
 * The probabilities before and after the cuts, what cut each token ("k", "p" or ""), and the entropies in bits.
 *
 * Temperature comes first, then top-k, then top-p on what top-k has left, scaled up to sum to 1. Of tokens with
 * equal probabilities the earlier counts as the higher.
 * @param {number[]} scores
 * @param {{temperature: number, k: number, p: number}} settings k 0 and p 1 cut nothing
 */
export function cut(scores, { temperature, k, p }) {
  if (!(k >= 0 && p >= 0 && p <= 1)) throw new RangeError("k, p");
  const before = softmax(scores, temperature);
  const falling = before.map((_, n) => n).sort((a, b) => before[b] - before[a]);
  /** @type {string[]} */
  const by = before.map(() => "");
  if (k > 0) for (const n of falling.slice(k)) by[n] = "k";
  const left = toOne(before.map((share, n) => (by[n] ? 0 : share)));
  let sum = 0;
  for (const n of falling)
    if (!by[n]) {
      // The first always stays, and p = 1 is off, also for a share that rounding would lose.
      if (p < 1 && n !== falling[0] && sum >= p - ROUNDING) by[n] = "p";
      sum += left[n];
    }
  const after = toOne(before.map((share, n) => (by[n] ? 0 : share)));
  return { before, after, by, bits: [entropy(before), entropy(after)] };
}

/**
 * How uncertain a draw is, in bits: the sum of each probability times the base-2 logarithm of 1 ÷ it.
 * @param {number[]} shares
 */
export function entropy(shares) {
  return shares.reduce((sum, share) => (share > 0 ? sum - share * Math.log2(share) : sum), 0);
}

/**
 * Places in a list of probabilities, drawn by chance; the same seed gives the same draws.
 * @param {number[]} shares that sum to 1
 * @param {number} seed
 * @param {number} count
 */
export function draw(shares, seed, count) {
  const last = shares.findLastIndex((share) => share > 0);
  return Array.from({ length: count }, (_, n) => {
    let rest = drawn(`${seed} ${n}`, 2 ** 32) / 2 ** 32;
    const at = shares.findIndex((share) => (rest -= share) < 0);
    // Rounding may leave a little after the last.
    return at < 0 ? last : at;
  });
}

/** @param {number[]} parts */
function toOne(parts) {
  const sum = parts.reduce((a, b) => a + b, 0);
  return parts.map((part) => part / sum);
}

/* The two steps of a tree in which the best first step need not lead to the best end. */

/** Products of hundredths are whole in this unit, so that two paths are equal where they should be. */
const UNITS = 1e4;

/**
 * The probabilities of the two likeliest texts of two tokens, and which of them greedy decoding finds.
 * @param {number} a the probability of A in percent; all else goes to B
 * @param {number} x the probability, in percent, of the likeliest token after A
 * @param {number} y the same after B
 */
export function paths(a, x, y) {
  if (![a, x, y].every((share) => Number.isInteger(share) && share >= 0 && share <= 100))
    throw new RangeError("a, x, y");
  const [throughA, throughB] = [a * x, (100 - a) * y];
  // Of equal ones it takes the first.
  const greedy = /** @type {"A" | "B"} */ (a >= 50 ? "A" : "B");
  const best = throughA === throughB ? "both" : throughA > throughB ? "A" : "B";
  return { throughA: throughA / UNITS, throughB: throughB / UNITS, greedy, best };
}

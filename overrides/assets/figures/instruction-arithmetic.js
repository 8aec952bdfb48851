/* Flan's mixture of tasks by its parts, and what was measured of it (Chung et al. 2022). */

/** Tasks of the four parts, in the order in which the paper adds them (Section 2.1). */
export const PARTS = { cot: 9, muffin: 80, t0: 193, niv2: 1554 };

/**
 * Normalized averages on tasks outside the mixture (Table 3), untuned and after each part is added.
 *
 * Two of the gains that are printed for the model of 62 billion do not fit its scores (0.4 beside
 * 29.0 − 28.4, 6.0 beside 33.4 − 28.4), and so it is left out.
 */
export const SCORES = { small: [6.4, 8.3, 14.8, 20.5, 21.9], large: [49.1, 52.6, 57, 57.5, 58.5] };

/**
 * Counts the tasks of a mixture and tells the share of each part.
 * @param {number[]} sizes tasks of each part
 * @param {boolean[]} chosen whether it is in
 */
export function mixture(sizes, chosen) {
  if (sizes.length !== chosen.length || !sizes.every((size) => Number.isSafeInteger(size) && size >= 0))
    throw new RangeError("sizes");
  const used = sizes.map((size, n) => (chosen[n] ? size : 0));
  const sum = (/** @type {number[]} */ all) => all.reduce((total, one) => total + one, 0);
  const [tasks, all] = [sum(used), sum(sizes)];
  const shareOf = (/** @type {number} */ some, /** @type {number} */ whole) => (whole ? some / whole : 0);
  return {
    tasks,
    all,
    /** of all tasks that there are */
    share: shareOf(tasks, all),
    /** of the tasks that are in */
    shares: used.map((size) => shareOf(size, tasks)),
    /** the part that supplies most of them */
    largest: used.indexOf(Math.max(...used)),
  };
}

/**
 * Which row of Table 3 a mixture has: how many parts are in, if none before them is left out; else -1.
 * @param {boolean[]} chosen by the order of the paper
 */
export function measured(chosen) {
  const row = chosen.filter(Boolean).length;
  return chosen.slice(0, row).every(Boolean) ? row : -1;
}

/**
 * What a row of scores gains over the untuned model, and as a share of what all parts bring.
 * @param {number[]} scores
 * @param {number} row
 */
export function gain(scores, row) {
  const gained = scores[row] - scores[0];
  return { gained, share: gained / (scores[scores.length - 1] - scores[0]) };
}

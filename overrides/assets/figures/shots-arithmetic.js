/* How many tokens a prompt takes by its parts, and how many more examples would fit. */

/**
 * What a prompt takes of a window, in tokens.
 *
 * Prompt and answer share the window (Brown et al. 2020, section 2), and so what is kept for the
 * answer counts as taken. How many examples would fit is reckoned with the mean of all that are given.
 * @param {number[]} parts tokens of the instruction, of each example, and last of the query
 * @param {number} shots how many of the examples stand in the prompt
 * @param {number} window how many tokens it holds
 * @param {number} kept tokens kept for the answer
 */
export function taken(parts, shots, window, kept) {
  const examples = parts.slice(1, -1);
  const counts = [...parts, shots, window, kept];
  if (!counts.every((count) => Number.isSafeInteger(count) && count >= 0) || parts.length < 2 || !window)
    throw new RangeError("counts");
  if (shots > examples.length) throw new RangeError("shots");
  const sum = (/** @type {number[]} */ all) => all.reduce((total, one) => total + one, 0);
  const [instruction, query] = [parts[0], parts[parts.length - 1]];
  const used = sum(examples.slice(0, shots));
  const prompt = instruction + used + query;
  const all = sum(examples);
  const room = Math.max(window - kept - instruction - query, 0);
  return {
    instruction,
    examples: used,
    query,
    prompt,
    /** Tokens that are left; below 0 where it does not fit. */
    free: window - kept - prompt,
    share: (prompt + kept) / window,
    mean: all / Math.max(examples.length, 1),
    /** Of such examples as these, in place of them. */
    fits: all ? Math.floor((room * examples.length) / all) : 0,
  };
}

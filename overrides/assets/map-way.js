/*
 * The shortest way to a term: the fewest terms to read, each of which hangs together with the one before
 * it and comes later in the deck. It starts from a term that the learner knows; where none that is known
 * leads there, from one that has no earlier ones. Of ways as short it is the one that starts nearest to
 * the beginning of the deck, and then the one that goes on so.
 */

/** @typedef {{earlier: number[], known: boolean}} Term `earlier` are places of terms it hangs together with */

/**
 * @param {Term[]} terms in the order of the deck
 * @param {number} to a place in it
 * @returns {number[]} places, from the start of the way to its end
 */
export function wayTo(terms, to) {
  return shortest(terms, to, ({ known }) => known) ?? shortest(terms, to, ({ earlier }) => !earlier.length) ?? [];
}

/**
 * Goes back from the end, a step at a time, until some term is a start.
 * @param {Term[]} terms
 * @param {number} to
 * @param {(term: Term) => boolean} isStart
 */
function shortest(terms, to, isStart) {
  /** @type {Map<number, number | undefined>} what comes after a term on the way */
  const next = new Map([[to, undefined]]);
  for (let layer = [to]; layer.length; ) {
    layer.sort((one, other) => one - other);
    let at = layer.find((place) => isStart(terms[place]));
    if (at !== undefined) {
      const way = [];
      for (; at !== undefined; at = next.get(at)) way.push(at);
      return way;
    }
    const before = [];
    for (const later of layer)
      for (const earlier of terms[later].earlier)
        if (!next.has(earlier)) {
          next.set(earlier, later);
          before.push(earlier);
        }
    layer = before;
  }
}

/*
 * Chance that can be had again: what a seed orders, it orders alike for everybody, whatever else is
 * among it.
 */

/**
 * Things in the order that a seed gives them.
 * @template T
 * @param {T[]} things
 * @param {string} seed
 * @param {(thing: T) => string} nameOf what tells a thing apart
 */
export function seeded(things, seed, nameOf) {
  const places = new Map(things.map((thing) => [thing, hash(`${seed} ${nameOf(thing)}`)]));
  return [...things].sort((a, b) => (places.get(a) ?? 0) - (places.get(b) ?? 0));
}

/**
 * A whole number from 0 to 2³² - 1 for a text.
 * @param {string} text
 */
function hash(text) {
  let mixed = 0x811c9dc5;
  for (const char of text) mixed = Math.imul(mixed ^ (char.codePointAt(0) ?? 0), 0x01000193);
  // FNV-1a leaves the last letters in the low bits; these go to the high ones, which sort.
  mixed = Math.imul(mixed ^ (mixed >>> 15), 0x2c1b3c6d);
  return (mixed ^ (mixed >>> 13)) >>> 0;
}

/**
 * A whole number from 0 to one less than `of`, by a seed.
 * @param {string} seed
 * @param {number} of
 */
export function drawn(seed, of) {
  return hash(seed) % of;
}

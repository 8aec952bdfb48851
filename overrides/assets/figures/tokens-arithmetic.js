/* Byte-pair encoding on a few words with counts, as in Algorithm 1 of Sennrich et al. 2016. */

/** What stands at the end of each word, so that a piece of an end is not one of a middle. */
export const END = "</w>";

const MOST_WORDS = 12;
const LONGEST = 20;
const MOST_OFTEN = 1000;

/**
 * The words of a text such as "low 5, lower 2", each with how often it occurs; or what is wrong with the text.
 *
 * A word without a number occurs once, and one that is given twice as often as both say.
 * @param {string} text
 * @returns {{words: [string, number][], fault?: undefined} | {fault: string, values: Record<string, string | number>}}
 */
export function read(text) {
  /** @type {Map<string, number>} */
  const words = new Map();
  for (const part of text.normalize("NFC").split(/[,;\n]/)) {
    if (!part.trim()) continue;
    const [, word, often = "1"] = /^\s*([\p{L}\p{M}\p{N}'’-]+)(?:\s+(\d{1,6}))?\s*$/u.exec(part) ?? [];
    if (!word) return { fault: "unread", values: { part: part.trim() } };
    if ([...word].length > LONGEST) return { fault: "long", values: { word, most: LONGEST } };
    const count = (words.get(word) ?? 0) + Number(often);
    if (count < 1 || count > MOST_OFTEN) return { fault: "often", values: { word, most: MOST_OFTEN } };
    words.set(word, count);
  }
  if (!words.size) return { fault: "empty", values: {} };
  if (words.size > MOST_WORDS) return { fault: "many", values: { most: MOST_WORDS } };
  return { words: [...words] };
}

/**
 * Merges the most frequent pair of neighbors, again and again, until every word is one piece.
 *
 * Of pairs that are equally frequent, the one is merged that is met first as the words are read from
 * the first to the last, each from its start, in the pieces that they have by then.
 * @param {[string, number][]} words each with how often it occurs
 */
export function encode(words) {
  let pieces = words.map(([word]) => [...word, END]);
  /** The pieces of each word: after no merge, after the first, and so on. */
  const states = [pieces];
  const merges = [];
  for (let pairs = count(words, pieces); pairs.length; pairs = count(words, pieces)) {
    const often = Math.max(...pairs.map((pair) => pair.often));
    const [{ pair }, ...ties] = pairs.filter((each) => each.often === often);
    merges.push({ pair, often, ties: ties.map((tie) => tie.pair) });
    pieces = pieces.map((word) => merge(word, pair));
    states.push(pieces);
  }
  return { states, merges };
}

/**
 * The vocabulary after some merges: first the characters, as they are met, then what each merge has made.
 * @param {string[][]} characters the pieces of each word before the first merge
 * @param {{pair: string[]}[]} merges
 */
export function vocabulary(characters, merges) {
  return [...new Set([...characters.flat(), ...merges.map(({ pair }) => pair.join(""))])];
}

/**
 * Each pair of neighbors and how often it occurs, in the order in which they are met.
 * @param {[string, number][]} words
 * @param {string[][]} pieces of each word
 */
function count(words, pieces) {
  /** @type {Map<string, {pair: string[], often: number}>} */
  const found = new Map();
  pieces.forEach((word, at) => {
    for (let n = 1; n < word.length; n++) {
      const pair = [word[n - 1], word[n]];
      const key = pair.join(" ");
      const known = found.get(key) ?? { pair, often: 0 };
      known.often += words[at][1];
      found.set(key, known);
    }
  });
  return [...found.values()];
}

/**
 * A word's pieces after a merge, from its start to its end.
 * @param {string[]} word
 * @param {string[]} pair
 */
function merge(word, [left, right]) {
  /** @type {string[]} */
  const merged = [];
  for (let n = 0; n < word.length; n++)
    if (word[n] === left && word[n + 1] === right) {
      merged.push(left + right);
      n++;
    } else merged.push(word[n]);
  return merged;
}

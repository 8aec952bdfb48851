/*
 * The words of a sentence, and which of them may see which in the three families of Transformers.
 */

/** As many letters of a word as a head of the table has room for. */
const LONGEST = 14;
/** Scripts that put no spaces between words. */
const UNSPACED = /[\p{scx=Han}\p{scx=Hira}\p{scx=Kana}\p{scx=Thai}\p{scx=Laoo}\p{scx=Khmr}\p{scx=Mymr}]/u;

/**
 * The words of a text, to stand for its tokens.
 *
 * They are cut at spaces, and by the rules of the browser (Unicode's Annex 29 and its dictionaries)
 * where a script has none. Marks stay with the word before; a very long word is shortened.
 *
 * @param {string} text
 */
export function words(text) {
  return text.split(/[\s\u200b]+/u).flatMap(parts).filter(visible).map(shortened);
}

/** @param {string} piece what stands between two spaces */
function parts(piece) {
  if (!UNSPACED.test(piece)) return [piece];
  /** @type {string[]} */
  const found = [];
  /** Marks before the first word, such as an opening quote, which go with it. */
  let before = "";
  for (const { segment, isWordLike } of new Intl.Segmenter("en", { granularity: "word" }).segment(piece)) {
    if (isWordLike) found.push(found.length ? segment : before + segment);
    else if (found.length) found.push(found.pop() + segment);
    else before += segment;
  }
  return found.length ? found : [piece];
}

/** Whether a reader can see anything of a word. @param {string} word */
function visible(word) {
  return /[^\p{C}\p{Z}]/u.test(word);
}

/** @param {string} word */
function shortened(word) {
  // A letter has at least one unit, and a segmenter takes its time.
  if (word.length <= LONGEST) return word;
  const letters = Array.from(new Intl.Segmenter().segment(word), ({ segment }) => segment);
  return letters.length > LONGEST ? `${letters.slice(0, LONGEST - 1).join("")}…` : word;
}

/**
 * Which positions see which: a row for each that looks, in it the kind of attention by which it sees
 * each position, or "" where it may not (Vaswani et al., Sections 3.1 and 3.2.3).
 *
 * "both" has the input first and then the output; the others have one text, the input.
 *
 * @param {string} family "encoder", "decoder" or "both"
 * @param {number} inputs how many positions the input has
 * @param {number} outputs how many the output has so far
 * @returns {("self" | "causal" | "cross" | "")[][]}
 */
export function views(family, inputs, outputs) {
  const counted = [inputs, outputs].every((count) => Number.isInteger(count) && count >= 0);
  if (!counted || !["encoder", "decoder", "both"].includes(family)) throw new RangeError("mask");
  const all = family === "both" ? inputs + outputs : inputs;
  /** From here on positions are a decoder's. */
  const written = family === "decoder" ? 0 : inputs;
  const places = [...Array(all).keys()];
  return places.map((row) =>
    places.map((column) => {
      if (column < written) return row < written ? "self" : "cross";
      return row >= column ? "causal" : "";
    }),
  );
}

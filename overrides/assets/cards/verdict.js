/*
 * What a typed term is worth, and where an answer tells the term. tests/typing_pairs.json holds
 * what counts as right, near and wrong, and why.
 */

/**
 * Letters that no normal form takes apart, and what may be typed for them.
 * @type {Record<string, string>}
 */
const PLAIN = { ß: "ss", æ: "ae", œ: "oe", ø: "o", ł: "l", đ: "d", ı: "i", ς: "σ", ٱ: "ا", "−": "-", "&": " and " };

/**
 * What may stand before a name, by language.
 * @type {Record<string, string>}
 */
const ARTICLES = { en: "the|an?", de: "der|die|das|eine?", fr: "l|les?|la|une?", es: "el|l[ao]s?|un[ao]?s?" };

/**
 * English endings, and what singular and plural have in common instead.
 * @type {[RegExp, string][]}
 */
const ENDINGS = [
  [/(?<=.[^s])s$/, ""],
  [/(?<=[sxzho])es$/, ""],
  [/ies$/, "y"],
  [/(ices|[ei]x)$/, "x"],
  [/s[ei]s$/, "s"],
];

/** Beginnings that differ by few letters and turn the meaning round. */
const OPPOSITES = /^(ab|ad|endo|exo|hyper|hypo|inter|intra|macro|micro|max|min|pre|pro)/;

/** What is never mistyped for another, since it makes another name. */
const FIXED = /[\p{N}\p{S}\p{sc=Han}#*]/gu;

/** Scripts that do not part their words, and Korean, whose words wear particles. */
const UNPARTED = /[\p{scx=Han}\p{scx=Hira}\p{scx=Kana}\p{scx=Hang}\p{scx=Thai}\p{scx=Laoo}\p{scx=Khmr}\p{scx=Mymr}]/u;

/** Whole words, and single letters of the scripts that do not part them. */
const TOKENS = new RegExp(`((?!${UNPARTED.source})[\\p{L}\\p{M}\\p{N}])+|[\\p{L}\\p{N}\\p{S}#*][\\p{M}ﾞﾟ]*`, "gu");

/**
 * Tells what a typed term is worth.
 *
 * Case, accents, hyphens, articles and English plurals do not matter. A near miss has at most two
 * slips, in words that are long enough for them, and is no nearer to the name of another card.
 *
 * @param {string} given
 * @param {readonly string[]} names the term and its aliases
 * @param {{lang?: string, others?: readonly string[]}} [more] BCP 47 tag; names of other cards
 * @returns {"right" | "near" | "wrong"}
 */
export function verdict(given, names, { lang = "en", others = [] } = {}) {
  // Names of two cards may differ by no more than an accent: then the one as written is meant.
  const written = (/** @type {string} */ text) => lowered(text.normalize("NFC"), lang).trim();
  const isGiven = (/** @type {string} */ name) => written(name) === written(given);
  if (names.some(isGiven)) return "right";
  if (others.some(isGiven)) return "wrong";
  const slips = fewest(given, names, lang);
  if (!slips) return "right";
  return slips <= 2 && slips <= fewest(given, others, lang) ? "near" : "wrong";
}

/**
 * Parts a text where it has a name, so that it can be shown without; together they are the text.
 *
 * A name is found whatever its case, accents and hyphens, in singular and plural, as whole words
 * where the script parts them. An abbreviation in capitals is found in capitals only.
 *
 * @param {string} text
 * @param {readonly string[]} names the term and its aliases
 * @param {string} [lang] BCP 47 tag
 */
export function blanked(text, names, lang = "en") {
  const isName = Array(text.length).fill(false);
  const tokens = [...text.matchAll(TOKENS)].map(({ 0: token, index }) => ({
    start: index,
    end: index + token.length,
    first: wordsIn(token, lang)[0]?.[0],
  }));
  for (const name of names) {
    const words = wordsIn(name, lang);
    tokens.forEach(({ start, first }, n) => {
      // Hyphens may part what is one word, but no more often than it has letters.
      if (first === words[0]?.[0])
        for (const { end } of tokens.slice(n, n + name.length + 1))
          if (tells(text.slice(start, end), name, words, lang)) isName.fill(true, start, end);
    });
  }
  /** @type {{text: string, isName: boolean}[]} */
  const pieces = [];
  isName.forEach((is, at) => {
    if (pieces.at(-1)?.isName !== is) pieces.push({ text: "", isName: is });
    pieces[pieces.length - 1].text += text[at];
  });
  return pieces;
}

/**
 * Whether a part of a text is a name, or the name with an ending.
 * @param {string} part
 * @param {string} name
 * @param {string[]} words of the name
 * @param {string} lang
 */
function tells(part, name, words, lang) {
  // "US" and "us" are two words; "LMs" is the plural of "LM", and "LMS" is not.
  const isAbbreviation = /^(?=.*\p{Lu})\P{Ll}{1,4}$/u.test(name);
  if (isAbbreviation && !(part.startsWith(name) && !/\p{Lu}/u.test(part.slice(name.length)))) return false;
  // After a sign no article is taken off, which is no part of what is found.
  const said = wordsIn(`.${part}`, lang);
  if (!slipsIn(said, words, lang)) return true;
  // Languages append what they like; two letters are most of it.
  const hasForm = (/** @type {string} */ word, /** @type {number} */ n) =>
    said[n].startsWith(word) && said[n].length <= word.length + (word.length > 4 ? 2 : 0);
  return !UNPARTED.test(name) && said.length === words.length && words.every(hasForm);
}

/**
 * How many slips tell a text from the nearest of some names.
 * @param {string} given
 * @param {readonly string[]} names
 * @param {string} lang
 */
function fewest(given, names, lang) {
  let least = Infinity;
  for (const words of spellings(given, lang).filter((words) => words.length))
    for (const name of names)
      for (const meant of spellings(name, lang)) least = Math.min(least, slipsIn(words, meant, lang));
  return least;
}

/**
 * The words of a text, and also with "ae" for "ä" where it has umlauts.
 * @param {string} text
 * @param {string} lang
 */
function spellings(text, lang) {
  const whole = text.normalize("NFC");
  const spelled = whole.replace(/[äöü]/gi, (letter) => letter.normalize("NFD")[0] + "e");
  return [...new Set([whole, spelled])].map((text) => wordsIn(text, lang));
}

/**
 * How many slips tell words from those of a name; what is one word there may be several here.
 * @param {string[]} given
 * @param {string[]} name
 * @param {string} lang
 * @returns {number}
 */
function slipsIn(given, name, lang) {
  if (!given.length || !name.length) return given.length + name.length ? Infinity : 0;
  let least = Infinity;
  // Letters that stand apart are as many words, but no more than the name's word is long.
  for (let i = 1; i <= Math.min(given.length, name[0].length + 2); i++)
    for (let j = 1; j <= (i > 1 ? 1 : name.length); j++) {
      const here = slipsOf(given.slice(0, i), name.slice(0, j), lang);
      if (here < least) least = Math.min(least, here + slipsIn(given.slice(i), name.slice(j), lang));
    }
  return least;
}

/**
 * How many slips tell some words from others, if each are written as one.
 * @param {string[]} from
 * @param {string[]} to
 * @param {string} lang
 */
function slipsOf(from, to, lang) {
  const [given, name] = [from.join(""), to.join("")];
  if (given === name) return 0;
  // What is missing or added may be the whole of a short word.
  if (from.length + to.length > 2 && [...from, ...to].some((word) => /^\D\D?$/.test(word))) return Infinity;
  // A meaning hangs on the first letter more than on others, and fingers seldom miss it.
  const startsAlike = given[0] === name[0] || (given[0] === name[1] && given[1] === name[0]);
  if (!startsAlike || Math.abs(given.length - name.length) > 3) return Infinity;
  const stems = (/** @type {string} */ word) => [word, ...ENDINGS.map(([end, instead]) => word.replace(end, instead))];
  if (/^en/.test(lang) && stems(given).some((stem) => stems(name).includes(stem))) return 0;
  const letters = name.replace(/\p{M}/gu, "").length;
  const most = letters < 5 ? 0 : letters < 9 ? 1 : 2;
  const fixed = (/** @type {string} */ word) => word.match(FIXED)?.join("");
  const [turn, other] = [given, name].map((word) => OPPOSITES.exec(word)?.[0]);
  if (fixed(given) !== fixed(name) || (turn && other && turn !== other)) return Infinity;
  const slips = distance(given, name);
  return slips > most ? Infinity : slips;
}

/**
 * How many letters are missing, added, changed or swapped with a neighbor.
 * @param {string} a
 * @param {string} b
 */
function distance(a, b) {
  const d = [...a, ""].map((_, i) => [...b, ""].map((_, j) => i + j));
  for (let i = 1; i < d.length; i++)
    for (let j = 1; j < d[0].length; j++) {
      const swapped = a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1] ? d[i - 2][j - 2] + 1 : Infinity;
      const changed = d[i - 1][j - 1] + (a[i - 1] === b[j - 1] ? 0 : 1);
      d[i][j] = Math.min(d[i - 1][j] + 1, d[i][j - 1] + 1, changed, swapped);
    }
  return d[d.length - 1][d[0].length - 1];
}

/**
 * The words of a text without what does not matter: case, accents, articles, forms of one letter.
 *
 * Vowel signs are letters in the scripts of India and Thailand, and so they stay.
 *
 * @param {string} text
 * @param {string} lang
 */
function wordsIn(text, lang) {
  return (
    // Who has no raised digits types x^2, or x2; but 23 is another number than 2^3.
    lowered(text.replace(/[⁰-ⁿ¹²³]+/g, "^$&").replace(/[\u0060´]/g, "'"), lang)
      .normalize("NFKD")
      .replace(/[ßæœøłđıςٱ−&]/g, (letter) => PLAIN[letter])
      .replace(/([\p{sc=Latn}\p{sc=Grek}\p{sc=Hebr}\p{sc=Arab}\u0640])\p{M}+/gu, "$1")
      .replace(/([аеиоуыэюя])[\u0300\u0301]|(е)\u0308/g, "$1$2")
      .normalize("NFKC")
      // In French and Italian an apostrophe stands between two words.
      .replace(/['’‘ʼ]/g, /^(fr|it)/.test(lang) ? " " : "")
      .replace(/[\u0640\p{Cf}]/gu, "")
      .replace(/[ぁ-ゖ]/g, (kana) => String.fromCharCode(kana.charCodeAt(0) + 96))
      .replace(/[٠-٩۰-۹]/g, (digit) => String(digit.charCodeAt(0) & 15))
      .replace(/(?<=\p{L})\^(?=\p{N})/gu, "")
      // A hyphen is a sign where it stands before a number and joins it to nothing.
      .replace(/(?<![\p{L}\p{M}\p{N}]\s*)-(?=\p{N})/gu, "−")
      .replace(/(?<=[ァ-ヺー]{3})ー(?![ァ-ヺー])/g, "")
      .replace(new RegExp(`^\\s*(${ARTICLES[lang.slice(0, 2)]})\\s+(?=\\S)`), "")
      .split(/[^\p{L}\p{M}\p{N}\p{S}#*]+/u)
      .filter(Boolean)
      // The Arabic article, and what is written together with it.
      .map((word) => word.replace(/^[وف]?([بك]?ال|لل)(?=..)/, ""))
  );
}

/**
 * A text in small letters; in Turkish those of I and İ are two.
 * @param {string} text
 * @param {string} lang
 */
function lowered(text, lang) {
  return /^(tr|az)/.test(lang) ? text.toLocaleLowerCase("tr") : text.toLowerCase();
}

/*
 * The words of the interface: a file a language, in which what is missing falls back to English.
 *
 * While a site is being written, they are fetched, in the language of the page's deck. `finish` puts
 * them into the scripts and pages that name them, which then need neither this module nor those files.
 */

/** @typedef {typeof import("./en.json")} Groups */

/** @type {HTMLElement | null} */
const deck = document.querySelector("[data-language]");
const language = deck?.dataset.language ?? document.documentElement.lang;
/** @type {Record<string, Record<string, any>>[]} from English to what comes nearest to the language */
const files = await Promise.all([...new Set(["en", language.split("-")[0], language])].map(fetched));

/**
 * The words of a group.
 * @template {keyof Groups} Group
 * @param {Group} group
 * @returns {Groups[Group]}
 */
export function wordsOf(group) {
  return Object.assign({}, ...files.map((file) => file[group]));
}

/** @param {string} name */
async function fetched(name) {
  const answer = await fetch(new URL(`${name}.json`, import.meta.url));
  return answer.ok ? answer.json() : {};
}

/** Says the words that the theme's templates name. */
function fill() {
  const word = (/** @type {string} */ name) => {
    const [group, key] = name.split(".");
    return String(wordsOf(/** @type {keyof Groups} */ (group))[/** @type {never} */ (key)]);
  };
  /** @type {NodeListOf<HTMLElement>} */
  const named = document.querySelectorAll("[data-word], [data-word-label]");
  for (const each of named)
    if (each.dataset.word) each.textContent = word(each.dataset.word);
    else each.ariaLabel = word(each.dataset.wordLabel ?? "");
}

fill();
// What instant navigation brings comes without that.
/** @type {any} */ (window).document$?.subscribe(fill);

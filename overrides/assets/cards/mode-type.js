/*
 * Type: the term, from the answer in which its names are left out. What is a slip of the finger is
 * called so, and the reader may know better.
 */
import { wordsOf } from "../words/words.js";
import { inOwnLanguage, languageOf, termOf } from "./asks.js";
import { make } from "./dom.js";
import { fields } from "./fields.js";
import { blanked } from "./verdict.js";

const words = wordsOf("type");

/** @type {import("./modes.js").Way} */
export const way = {
  invites: words.invites,
  ask(question) {
    const { card, asks, prompt } = question;
    if (!card.term) return false;
    const names = [card.term, ...asks.aliases];
    const lang = languageOf(card);
    if (prompt === "reverse" && asks.reverse) question.lay([inOwnLanguage(card, asks.reverse)], termOf(card, asks));
    // With a direction of its own it has no say in that of the answer.
    else question.lay([make("p", { class: "flash-lead", dir: "auto" }, words.which), ...answerWithout(card, names, lang)], termOf(card, asks));
    const others = question.deck.all.filter((each) => each !== card).map(({ term }) => term);
    fields(question, [{ label: words.term, names, others, lang }]);
  },
};

/**
 * A card's answer without the names of what it is about.
 * @param {import("./flash-card.js").FlashCard} card
 * @param {string[]} names
 * @param {string} lang of the names
 */
function answerWithout(card, names, lang) {
  const text = /** @type {HTMLElement} */ (card.querySelector(".flash-back .flash-text")?.cloneNode(true));
  text.className = "";
  const walker = document.createTreeWalker(text, NodeFilter.SHOW_TEXT);
  const nodes = [];
  while (walker.nextNode()) nodes.push(/** @type {Text} */ (walker.currentNode));
  for (const node of nodes) {
    const pieces = blanked(node.data, names, lang);
    if (pieces.some(({ isName }) => isName))
      node.replaceWith(...pieces.map(({ text, isName }) => (isName ? make("span", { class: "flash-gap" }, "…") : text)));
  }
  return text.lang ? [text] : [...text.childNodes];
}

/*
 * What a card is asked with besides its two sides: options, a hint, gaps, another prompt. It stands in
 * the card as a <template> or, where `python -m macros finish` has put it, in a file beside the page.
 */
import { make } from "./dom.js";

/** @typedef {import("./flash-card.js").FlashCard} FlashCard */
/**
 * @typedef {object} Asks
 * @property {HTMLElement} [right] the right option
 * @property {HTMLElement[]} wrong the wrong ones, each perhaps with what to say of it in a <small>
 * @property {string[]} aliases other names of the term
 * @property {HTMLElement} [hint]
 * @property {HTMLElement} [reverse] what asks for the term
 * @property {HTMLElement[]} cloze sentences, their gaps in <mark>
 */

const PATIENCE = 5000; // ms that a file has to come

/** @type {Map<string, Record<string, string>>} the HTML for each card, by the file's address */
const files = new Map();

/**
 * Fetches what the cards of a page are asked with; fails where that cannot be had now.
 * @param {HTMLElement} deck
 */
export async function bringAsks(deck) {
  const address = addressOf(deck);
  if (!address || files.has(address)) return;
  const response = await fetch(address, { signal: AbortSignal.timeout(PATIENCE) });
  if (!response.ok) throw new Error(`${address}: ${response.status}`);
  files.set(address, await response.json());
}

/**
 * What a card is asked with, once `bringAsks` is done.
 * @param {FlashCard} card
 * @returns {Asks}
 */
export function asksOf(card) {
  const address = addressOf(card.closest("flash-deck"));
  const template = card.querySelector("template") ?? make("template");
  if (address && !card.querySelector("template")) template.innerHTML = files.get(address)?.[card.dataset.card ?? ""] ?? "";
  const all = (/** @type {string} */ kind) =>
    /** @type {HTMLElement[]} */ ([...template.content.cloneNode(true).childNodes].filter(
      (each) => each instanceof HTMLElement && each.dataset.ask === kind,
    ));
  return {
    right: all("right")[0],
    wrong: all("wrong"),
    aliases: all("alias").map(({ textContent }) => textContent ?? ""),
    hint: all("hint")[0],
    reverse: all("reverse")[0],
    cloze: all("cloze"),
  };
}

/**
 * The term with its other names, and what the card says of it.
 * @param {FlashCard} card
 * @param {Asks} asks
 */
export function termOf(card, asks) {
  const text = card.querySelector(".flash-back .flash-text");
  // A line between what stands in lines, for who hears it.
  const lang = languageOf(card);
  const others = asks.aliases.length ? ["\n", make("p", { lang, dir: "auto" }, asks.aliases.join(", "))] : [];
  const said = [...(text?.childNodes ?? [])].map((each) => each.cloneNode(true));
  return [make("p", { lang, dir: "auto" }, make("strong", {}, card.term)), ...others, "\n", ...said];
}

/**
 * A text of its own on a side of a card, whose language may be another.
 * @param {FlashCard} card
 * @param {Element} text
 */
export function inOwnLanguage(card, text) {
  return make("p", { lang: languageOf(card), dir: "auto" }, ...text.childNodes);
}

/**
 * The language of a card's term.
 * @param {FlashCard} card
 */
export function languageOf(card) {
  return card.closest("flash-deck")?.getAttribute("data-language") ?? document.documentElement.lang;
}

/** @param {HTMLElement | null} deck */
function addressOf(deck) {
  return deck?.dataset.asks && new URL(deck.dataset.asks, document.baseURI).href;
}

/*
 * The links at the foot of a card's back, to its lines in the repository.
 */
import { say } from "../words/say.js";
import { wordsOf } from "../words/words.js";
import { make } from "./dom.js";

const words = wordsOf("links");

/** How long a line and a text may be in an address; macros/repository.py says why. */
const LINE = 300;
const TEXT = 4000;

/**
 * Puts the links at the foot of a card, where it keeps room for them.
 * @param {import("./flash-card.js").FlashCard} card
 */
export function link(card) {
  const ways = /** @type {HTMLElement | null} */ (card.closest("[data-edit]"));
  const room = /** @type {HTMLElement | null} */ (card.querySelector(".flash-links"));
  if (!ways || !room) return;
  const { edit, source, report } = ways.dataset;
  const line = `#L${room.dataset.line}`;
  const filled = new URLSearchParams({
    template: "mistake.yml",
    title: cut(say(words.title, { term: card.term }), LINE),
    card: cut(card.dataset.card ?? "", LINE),
    text: cut(say(words.text, { question: card.question, answer: card.answer }), TEXT),
  });
  room.replaceChildren(
    make("a", { href: edit + line }, words.edit),
    make("a", { href: source + line }, words.source),
    make("a", { href: `${report}?${filled}` }, words.report),
  );
}

/**
 * A text, or as much of its start as takes that many bytes in an address.
 * @param {string} text
 * @param {number} room
 */
function cut(text, room) {
  if (encodeURIComponent(text).length <= room) return text;
  let start = "";
  for (const char of text) {
    if (encodeURIComponent(`${start}${char}…`).length > room) break;
    start += char;
  }
  return `${start}…`;
}

import { button, make, showHead } from "./dom.js";
import { words } from "./grading-words.js";

/** @typedef {import("./flash-card.js").FlashCard} FlashCard */

/**
 * Shows how a round went: what was missed, to read again, and how to go on.
 * @param {import("./flash-deck.js").FlashDeck} deck
 * @param {boolean} canUndo
 */
export function endRound(deck, canUndo) {
  const { summary, grades, round } = deck;
  const missed = round.filter((card) => grades.get(card) === "again");
  const line = make("p", { class: "flash-done", tabindex: "-1" });
  line.append(words.done(grades.size - missed.length, missed.length, round.length - grades.size));
  summary.replaceChildren(line);
  const buttons = make("div", { class: "flash-buttons" });
  if (missed.length) {
    summary.append(make("p", {}, words.toReadAgain), make("ul", {}, ...missed.map(listed)));
    buttons.append(button({ "data-do": "missed" }, words.onceMore(missed.length)));
  }
  buttons.append(button({ "data-do": "restart" }, words.all(deck.size)));
  if (canUndo) buttons.append(button({ "data-do": "undo" }, words.undo));
  summary.append(buttons);
  /** @type {NodeListOf<FlashCard>} */
  const cards = deck.querySelectorAll("flash-card");
  for (const card of cards) card.hidden = true;
  summary.hidden = false;
  deck.dataset.state = "done";
  deck.say("");
  showHead(summary);
  line.focus({ preventScroll: true });
}

/**
 * A missed card in the list: its term, as a link to its entry, and its question.
 * @param {FlashCard} card
 */
function listed(card) {
  const entry = card.querySelector(".flash-entry a")?.getAttribute("href") ?? "#";
  const name = make("bdi", {}, card.term);
  return make("li", {}, make("a", { href: entry }, name), " ", make("span", { dir: "auto" }, card.question));
}

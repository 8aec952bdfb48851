import { button, make, showHead } from "./dom.js";
import { words } from "./grading-words.js";

/** @typedef {import("./flash-card.js").FlashCard} FlashCard */
/** @typedef {import("./flash-deck.js").FlashDeck} FlashDeck */

/**
 * Shows how a round or a session went, and how to go on.
 * @param {FlashDeck} deck
 * @param {boolean} canUndo
 * @param {import("./study-session.js").Session} [session]
 */
export function endRound(deck, canUndo, session) {
  const { summary } = deck;
  const line = make("p", { class: "flash-done", tabindex: "-1" });
  const buttons = make("div", { class: "flash-buttons" });
  summary.replaceChildren(line, ...(session ? endOfSession(session, line, buttons) : endOfRound(deck, line, buttons)), buttons);
  if (canUndo) buttons.append(button({ "data-do": "undo" }, words.undo));
  deck.uncover();
  summary.hidden = false;
  deck.dataset.state = "done";
  deck.say("");
  return line;
}

/**
 * What was missed, to read again.
 * @param {FlashDeck} deck
 * @param {Element} line
 * @param {Element} buttons
 */
function endOfRound({ grades, round, all }, line, buttons) {
  const missed = round.filter((card) => grades.get(card) === "again");
  line.append(words.done(grades.size - missed.length, missed.length, round.length - grades.size));
  if (missed.length) buttons.append(button({ "data-do": "missed" }, words.onceMore(missed.length)));
  buttons.append(button({ "data-do": "restart" }, words.all(all.length)));
  return missed.length ? [make("p", {}, words.toReadAgain), make("ul", {}, ...missed.map(listed))] : [];
}

/**
 * What was done, and when the next card comes back.
 * @param {import("./study-session.js").Session} session
 * @param {Element} line
 * @param {Element} buttons
 */
function endOfSession(session, line, buttons) {
  const [first, ...more] = session.told();
  line.append(first);
  if (session.skipped.length) buttons.append(button({ "data-do": "restart" }, words.askSkipped(session.skipped.length)));
  else if (session.ahead().length) buttons.append(button({ "data-do": "ahead" }, words.ahead));
  return more.map((text) => make("p", {}, text));
}

/**
 * Leads to the summary who has just finished.
 * @param {FlashDeck} deck
 * @param {HTMLElement} line
 */
export function leadTo({ summary }, line) {
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

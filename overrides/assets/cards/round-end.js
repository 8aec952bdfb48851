import { say } from "../words/say.js";
import { wordsOf } from "../words/words.js";
import { button, make, showHead } from "./dom.js";
import { bringSheet } from "./sheet.js";
import { words as deckWords } from "./words.js";

/** @typedef {import("./flash-card.js").FlashCard} FlashCard */
/** @typedef {import("./flash-deck.js").FlashDeck} FlashDeck */

const words = wordsOf("roundEnd");

/**
 * Ends a round: shows how it went, leads there who has just finished, and tells the page.
 * @param {import("./grading.js").Grading} grading
 */
export async function finish({ deck, last, past }) {
  // By the time that this is told, another round may have begun.
  const grades = [...deck.grades];
  const line = await endRound(deck, past.length > 0);
  showHead(deck.summary);
  line.focus({ preventScroll: true });
  // The last grade is told before the end is.
  await last;
  const ids = (/** @type {boolean} */ missed) =>
    grades.filter(([, grade]) => (grade === "again") === missed).map(([card]) => card.dataset.card);
  const detail = { got: ids(false), missed: ids(true) };
  deck.dispatchEvent(new CustomEvent("flash-deck:done", { bubbles: true, detail }));
}

/**
 * Ends a session in which nothing is to be asked.
 * @param {FlashDeck} deck
 */
export async function endAtOnce(deck) {
  const hadFocus = deck.contains(document.activeElement);
  const line = await endRound(deck, false);
  if (hadFocus) line.focus({ preventScroll: true });
}

/**
 * Shows how a round or a session went, and how to go on.
 * @param {FlashDeck} deck
 * @param {boolean} canUndo
 */
export async function endRound(deck, canUndo) {
  const { session, summary } = deck;
  deck.asking?.putBack();
  // A chapter's quiz is no session, and does without what ends one.
  const [end] = await Promise.all([session && import("./session-end.js"), bringSheet(deck)]);
  const line = make("p", { class: "flash-done", tabindex: "-1" });
  const buttons = make("div", { class: "flash-buttons" });
  const told = session && end ? end.endOfSession(session, line, buttons) : endOfRound(deck, line, buttons);
  summary.replaceChildren(line, ...told, buttons);
  if (canUndo) buttons.append(button({ "data-do": "undo" }, deckWords.undo));
  deck.uncover();
  summary.hidden = false;
  deck.dataset.state = "done";
  deck.ariaBusy = null;
  deck.say("");
  session?.tell();
  return line;
}

/**
 * What was missed, to read again.
 * @param {FlashDeck} deck
 * @param {Element} line
 * @param {Element} buttons
 */
function endOfRound({ grades, round, all, asking }, line, buttons) {
  const missed = round.filter((card) => grades.get(card) === "again");
  line.append(howItWent(grades.size, missed.length, round.length - grades.size));
  if (missed.length) buttons.append(button({ "data-do": "missed" }, say(words.missed, { n: missed.length })));
  buttons.append(button({ "data-do": "restart" }, say(words.all, { n: (asking?.cards ?? all).length })));
  const result = asking?.result() ?? [];
  return missed.length ? [...result, make("p", {}, words.toReadAgain), make("ul", {}, ...missed.map(listed))] : result;
}

/**
 * One line on how a round went.
 * @param {number} of the cards that were graded
 * @param {number} missed
 * @param {number} open
 */
function howItWent(of, missed, open) {
  if (!of) return words.wasLast;
  const done = say(words.done, { got: of - missed, of });
  return open ? `${done} ${say(words.skipped, { n: open })}` : done;
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

import { button, make, showHead } from "./dom.js";
import { bringSheet } from "./sheet.js";
import { words as deckWords } from "./words.js";

/** @typedef {import("./flash-card.js").FlashCard} FlashCard */
/** @typedef {import("./flash-deck.js").FlashDeck} FlashDeck */

const words = {
  onceMore: (/** @type {number} */ n) => (n === 1 ? "Once more the one you missed" : `Once more the ${n} you missed`),
  all: (/** @type {number} */ n) => (n === 1 ? "Start over" : `Start over with all ${n}`),
  toReadAgain: "Missed, to read again:",
  /** One line on how a round went. */
  done: (/** @type {number} */ got, /** @type {number} */ missed, /** @type {number} */ open) =>
    [
      got || missed ? `You had ${got} of ${got + missed}.` : "That was the last card.",
      open && (got || missed) ? `${open} skipped.` : "",
    ]
      .filter(Boolean)
      .join(" "),
};

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
 * Shows how a round or a session went, and how to go on.
 * @param {FlashDeck} deck
 * @param {boolean} canUndo
 */
export async function endRound(deck, canUndo) {
  const { session, summary } = deck;
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
function endOfRound({ grades, round, all }, line, buttons) {
  const missed = round.filter((card) => grades.get(card) === "again");
  line.append(words.done(grades.size - missed.length, missed.length, round.length - grades.size));
  if (missed.length) buttons.append(button({ "data-do": "missed" }, words.onceMore(missed.length)));
  buttons.append(button({ "data-do": "restart" }, words.all(all.length)));
  return missed.length ? [make("p", {}, words.toReadAgain), make("ul", {}, ...missed.map(listed))] : [];
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

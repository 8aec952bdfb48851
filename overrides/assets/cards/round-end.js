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
  askSkipped: (/** @type {number} */ n) => (n === 1 ? "Ask the one skipped" : `Ask the ${n} skipped`),
  ahead: "Study ahead",
};

/**
 * Ends a round: shows how it went, leads there who has just finished, and tells the page.
 * @param {import("./grading.js").Grading} grading
 */
export async function finish({ deck, last, past, session }) {
  const line = await endRound(deck, past.length > 0, session);
  showHead(deck.summary);
  line.focus({ preventScroll: true });
  // The last grade is told before the end is.
  await last;
  const ids = (/** @type {boolean} */ missed) =>
    deck.round
      .filter((card) => deck.grades.has(card) && (deck.grades.get(card) === "again") === missed)
      .map((card) => card.dataset.card);
  const detail = { got: ids(false), missed: ids(true) };
  deck.dispatchEvent(new CustomEvent("flash-deck:done", { bubbles: true, detail }));
}

/**
 * Shows how a round or a session went, and how to go on.
 * @param {FlashDeck} deck
 * @param {boolean} canUndo
 * @param {import("./study-session.js").Session} [session]
 */
export async function endRound(deck, canUndo, session) {
  await bringSheet(deck);
  const { summary } = deck;
  const line = make("p", { class: "flash-done", tabindex: "-1" });
  const buttons = make("div", { class: "flash-buttons" });
  summary.replaceChildren(line, ...(session ? endOfSession(session, line, buttons) : endOfRound(deck, line, buttons)), buttons);
  if (canUndo) buttons.append(button({ "data-do": "undo" }, deckWords.undo));
  deck.uncover();
  summary.hidden = false;
  deck.dataset.state = "done";
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
 * A missed card in the list: its term, as a link to its entry, and its question.
 * @param {FlashCard} card
 */
function listed(card) {
  const entry = card.querySelector(".flash-entry a")?.getAttribute("href") ?? "#";
  const name = make("bdi", {}, card.term);
  return make("li", {}, make("a", { href: entry }, name), " ", make("span", { dir: "auto" }, card.question));
}

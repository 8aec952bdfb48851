/*
 * What one can do in a deck besides grading: take a grade back, begin anew, set a card aside, and
 * choose whether answers are kept. Fetched with the first grade, or when a button asks for it.
 */
import { say } from "../words/say.js";
import { wordsOf } from "../words/words.js";
import { cannotKeep } from "./cannot-keep.js";
import { button } from "./dom.js";
import { revision } from "./grading.js";
import { recordOf } from "./record.js";
import { bringSheet } from "./sheet.js";
import { words as deckWords } from "./words.js";

/** @typedef {import("./flash-card.js").FlashCard} FlashCard */
/** @typedef {import("./grading.js").Grading} Grading */
/** @typedef {import("./record.js").CardRecord} CardRecord */

const words = wordsOf("actions");

/** @type {WeakSet<CardRecord>} those of which was told that they keep nothing for long */
const toldOf = new WeakSet();

/**
 * Does what a button stands for.
 * @param {Grading} grading
 * @param {string} action the button's `data-do`
 */
export function act(grading, action) {
  const { deck } = grading;
  if (action === "undo") undo(grading);
  else if (action.startsWith("mode-")) import("./modes.js").then(({ change }) => change(grading, action.slice(5)), () => {});
  else if (["shuffle", "restart", "skipped", "ahead"].includes(action)) begin(grading, action);
  else if (action === "missed") deck.restart(deck.round.filter((card) => deck.grades.get(card) === "again"));
  else if (action === "more") fillMore(grading);
  else if (action === "bury" || action === "suspend") setAside(grading, action);
  else if (action === "resume") resume(grading);
  else if (action === "reset") reset(grading);
  else if (action === "keep") keepOrNot(grading);
}

/** @param {Grading} grading */
function undo(grading) {
  const { deck } = grading;
  const past = grading.past.pop();
  if (!past) return;
  grading.offerUndo();
  deck.notice.replaceChildren();
  deck.round = past.round;
  deck.grades = past.grades;
  deck.go(past.at, words.undone);
  deck.session?.tell();
  grading.last = Promise.all([takeBack(grading, past.taken), past.corrects && takeBack(grading, past.corrects)]);
}

/**
 * @param {Grading} grading
 * @param {Promise<Partial<import("./types.d.ts").RecordedEvent> | undefined>} taken
 */
export async function takeBack(grading, taken) {
  const { id, card } = (await taken) ?? {};
  // What was not recorded has no id.
  if (id) return recordOf(grading.deck.dataset.deck ?? "").add({ kind: "undo", card, undoes: id });
}

/**
 * Begins a round.
 * @param {Grading} grading
 * @param {string} action "shuffle", "restart", "skipped" or "ahead"
 */
async function begin(grading, action) {
  await grading.open();
  const { deck } = grading;
  const { session } = deck;
  const isShuffled = action === "shuffle";
  const before = isShuffled ? words.shuffled : "";
  const order = (/** @type {FlashCard[]} */ cards) => (isShuffled ? shuffled(cards) : cards);
  if (!session) return deck.restart(isShuffled ? shuffled(deck.round) : (deck.asking?.cards ?? deck.all), before);
  // Only what ends a session leads to a round that is not today's.
  const isOther = action === "skipped" || action === "ahead" || deck.round.some((card) => session.ahead.has(card));
  if (isShuffled && !isOther) drawSeed();
  const end = isOther ? await import("./session-end.js") : undefined;
  const cards = await session.ready(() => end?.cardsAfter(session, action, order) ?? session.chosen());
  if (!cards.length) return grading.finish();
  deck.restart(cards, before);
  session.tell();
}

/** Gives the address a seed, so that the order is had again with it. */
function drawSeed() {
  const address = new URL(location.href);
  address.searchParams.set("seed", Math.random().toString(36).slice(2, 8));
  history.replaceState(history.state, "", address);
}

/** @param {FlashCard[]} round */
function shuffled(round) {
  const cards = [...round];
  for (let last = cards.length - 1; last > 0; last--) {
    const other = Math.floor(Math.random() * (last + 1));
    [cards[last], cards[other]] = [cards[other], cards[last]];
  }
  return cards;
}

/** @param {Grading} grading */
async function fillMore(grading) {
  const { deck } = grading;
  const panel = /** @type {HTMLElement} */ (deck.querySelector(".flash-more"));
  const [more, record] = await Promise.all([
    import("./more.js").catch(() => undefined),
    grading.open(),
    bringSheet(deck),
    grading.last.catch(() => {}),
  ]);
  if (more) more.fillMore(grading, panel, record);
  else panel.textContent = deckWords.notFetched;
  // Who opened it by key goes on in it; a button that was pressed has the focus already.
  if (document.activeElement?.getAttribute("data-do") !== "more") panel.querySelector("button")?.focus();
}

/**
 * @param {Grading} grading
 * @param {"bury" | "suspend"} kind
 */
function setAside(grading, kind) {
  const { deck } = grading;
  const { card } = deck;
  grading.take({ kind });
  deck.round = deck.round.filter((each, place) => place < deck.at || each !== card);
  if (deck.at < deck.round.length) deck.go(deck.at);
  else deck.next();
  deck.session?.tell();
  deck.focusTurn();
  deck.notice.textContent = say(words[kind], { term: card.term });
}

/** @param {Grading} grading */
function resume(grading) {
  const { deck } = grading;
  grading.take({ kind: "resume" });
  deck.focusTurn();
  deck.notice.textContent = say(words.resume, { term: deck.card.term });
}

/** @param {Grading} grading */
async function reset(grading) {
  const { deck } = grading;
  await grading.take({ kind: "reset", revision: revision(deck.card) });
  deck.focusTurn();
  deck.notice.textContent = words.isAfresh;
}

/**
 * Sets whether answers are kept from now on.
 * @param {Grading} grading
 * @param {boolean} wanted
 */
export async function keep(grading, wanted) {
  const record = await grading.open();
  // It is not said before it holds on the next page too.
  await record.set("recordQuizzes", wanted);
  if (grading.deck.dataset.state === "answered") grading.turned();
}

/** @param {Grading} grading */
async function keepOrNot(grading) {
  await keep(grading, !grading.keeps);
  tellKept(grading);
}

/**
 * Says once, after a grade, where answers are kept, or that they cannot be.
 * @param {Grading} grading
 */
export async function tellOnce(grading) {
  const { deck } = grading;
  const [record] = await Promise.all([grading.open(), bringSheet(deck)]);
  if (!grading.keeps || !deck.isConnected) return;
  if (!record.kept) {
    if (!toldOf.has(record)) deck.notice.textContent = cannotKeep(record.why);
    toldOf.add(record);
  } else if (grading.isQuiz && !record.setting("toldOfKeeping")) {
    record.set("toldOfKeeping", true);
    tellKept(grading);
  }
}

/** @param {Grading} grading */
function tellKept({ deck, keeps }) {
  const focused = deck.notice.contains(document.activeElement);
  const [text, label] = keeps ? [words.kept, words.turnOff] : [words.notKept, words.turnOn];
  const turn = button({ "data-do": "keep" }, label);
  deck.notice.replaceChildren(text, " ", turn);
  if (focused) turn.focus();
}

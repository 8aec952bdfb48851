import { wordsOf } from "../words/words.js";
import { button, make } from "./dom.js";
import { keep } from "./actions.js";
import { words as deckWords } from "./words.js";

const words = wordsOf("more");

const KEYS = [
  [words.keysOfTurn, words.turn],
  ["1, 2, 3, 4", words.grades],
  ["U", words.undo],
  ["S", words.shuffle],
  ["← →", words.steps],
  ["?", words.list],
];

const KEYS_OF_MANY = [
  ["↑ ↓ ← →", words.move],
  [words.keysOfTurn, words.take],
  ["U", words.undoPair],
  ["?", words.list],
];

/**
 * Fills a deck's panel: what else can be done with the card on top, what is kept, and the keys.
 * @param {import("./grading.js").Grading} grading
 * @param {HTMLElement} panel
 * @param {import("./record.js").CardRecord} record
 */
export function fillMore(grading, panel, record) {
  const { schedule } = grading;
  const aside = schedule && (schedule.suspended || schedule.buried > Date.now());
  // Where several cards are asked at once, none of them is meant.
  const isOfMany = grading.deck.asking?.way.isOfMany;
  /** @type {("bury" | "suspend" | "resume")[]} */
  const actions = isOfMany ? [] : aside ? ["resume"] : ["bury", "suspend"];
  panel.role = "group";
  panel.ariaLabel = deckWords.more;
  panel.replaceChildren(
    ...actions.map((action) => button({ "data-do": action }, words[action])),
    ...(grading.isQuiz ? [choice(words.keep, grading.keeps, (on) => keep(grading, on))] : []),
    ...("speechSynthesis" in window ? [choice(words.aloud, record.setting("aloud") === true, (on) => readAloud(grading, on))] : []),
    choice(words.useKeys, record.setting("keys"), (on) => record.set("keys", on)),
    make("dl", {}, ...(isOfMany ? KEYS_OF_MANY : KEYS).flatMap(([keys, does]) => [make("dt", {}, keys), make("dd", {}, does)])),
    button({}, words.close),
  );
  const { deck } = grading;
  const { card } = deck;
  // It may be on its way for long, and nothing else waits for it.
  hintOf(deck).then((hint) => hint && card === deck.card && panel.querySelector("label")?.before(hintButton(deck, panel, hint)));
}

/**
 * The hint for the card that is asked; in the other modes it stands below the card.
 * @param {import("./flash-deck.js").FlashDeck} deck
 */
async function hintOf(deck) {
  if (deck.asking || deck.dataset.state !== "asking") return undefined;
  const asks = await import("./asks.js").catch(() => undefined);
  await asks?.bringAsks(deck).catch(() => {});
  return asks?.asksOf(deck.card).hint;
}

/**
 * @param {import("./flash-deck.js").FlashDeck} deck
 * @param {HTMLElement} panel
 * @param {HTMLElement} hint
 */
function hintButton(deck, panel, hint) {
  const show = button({}, words.hint);
  show.addEventListener("click", (event) => {
    event.stopPropagation();
    panel.hidePopover();
    deck.notice.replaceChildren(make("span", { class: "flash-hint", dir: "auto", lang: hint.lang }, ...hint.childNodes));
    deck.focusTurn();
  });
  return show;
}

/**
 * Sets whether cards are read aloud; the one on top is the first.
 * @param {import("./grading.js").Grading} grading
 * @param {boolean} on
 */
async function readAloud(grading, on) {
  await (await grading.open()).set("aloud", on);
  if (on) grading.read();
  else (await import("./speech.js")).stop();
}

/**
 * A box to tick.
 * @param {string} label
 * @param {boolean} on
 * @param {(on: boolean) => unknown} choose
 */
function choice(label, on, choose) {
  const box = make("input", { type: "checkbox" });
  box.checked = on;
  box.addEventListener("change", () => choose(box.checked));
  return make("label", {}, box, " ", label);
}

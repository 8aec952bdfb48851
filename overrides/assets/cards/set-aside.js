/*
 * The cards that a learner has set aside, each with a button that brings it back.
 */
import { button, make } from "./dom.js";
import { restOf } from "./rest.js";

/** @typedef {import("./flash-card.js").FlashCard} FlashCard */
/** @typedef {import("./study-board.js").StudyBoard} StudyBoard */
/** @typedef {import("./types.d.ts").Schedule} Schedule */

const words = {
  none: "None. What you set aside, under More, will stand here until it is asked again.",
  until: (/** @type {string} */ day) => `until ${day}`,
  forGood: "not asked any more",
  ask: "Ask again",
  askThis: (/** @type {string} */ term) => `Ask again: ${term}`,
  isAsked: (/** @type {string} */ term) => `“${term}” is asked again.`,
};

/**
 * @param {HTMLElement} room
 * @param {StudyBoard} board
 * @param {(text: string) => void} say
 */
export async function fill(room, board, say) {
  const now = Date.now();
  const aside = board.record
    .schedules()
    .filter(({ card, suspended, buried }) => board.cards.has(card) && (suspended || buried > now));
  const terms = await termsOf(board, new Set(aside.map(({ card }) => card)));
  const none = make("p", {}, words.none);
  const line = (/** @type {Schedule} */ schedule) => {
    const { card, prompt } = schedule;
    const term = terms.get(card) ?? card;
    const ask = button({ "aria-label": words.askThis(term) }, words.ask);
    const item = make("li", {}, make("span", {}, make("b", {}, make("bdi", {}, term)), `, ${how(schedule)}`), ask);
    ask.addEventListener("click", async () => {
      await board.record.add({ kind: "resume", card, ...(prompt && { prompt }) });
      say(words.isAsked(term));
      // The focus goes on to what is next, and does not fall out of the list.
      const next = (item.nextElementSibling ?? item.previousElementSibling)?.querySelector("button");
      (next ?? room.closest("details")?.querySelector("summary"))?.focus();
      item.remove();
      if (!next) room.replaceChildren(none);
    });
    return item;
  };
  room.replaceChildren(aside.length ? make("ul", { class: "board-aside" }, ...aside.map(line)) : none);
  say("");
}

/** @param {Schedule} schedule */
function how({ suspended, buried }) {
  if (suspended) return words.forGood;
  const { lang } = document.documentElement;
  return words.until(new Intl.DateTimeFormat(lang || "en", { weekday: "long", day: "numeric", month: "long" }).format(buried));
}

/**
 * What cards are about, as far as that can be fetched now.
 * @param {StudyBoard} board
 * @param {Set<string>} ids
 */
async function termsOf(board, ids) {
  /** @type {Map<string, string>} */
  const terms = new Map();
  /** @type {NodeListOf<FlashCard>} */
  const here = board.querySelectorAll("flash-card");
  for (const card of here) if (card.whole) terms.set(card.dataset.card ?? "", card.term);
  const deck = /** @type {HTMLElement | null} */ (board.querySelector("flash-deck"));
  const rest = deck ? restOf(deck) : undefined;
  const others = (await rest?.list()) ?? [];
  const name = async (/** @type {(typeof others)[number]} */ entry) => {
    const card = rest?.element(entry);
    if (card) await rest?.fill(card);
    if (card) terms.set(entry.id, card.term);
  };
  await Promise.allSettled(others.filter(({ id }) => ids.has(id) && !terms.has(id)).map(name));
  return terms;
}

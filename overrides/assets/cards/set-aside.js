/*
 * The cards that a learner has set aside, each with a button that brings it back.
 */
import { say, tag } from "../words/say.js";
import { wordsOf } from "../words/words.js";
import { button, make } from "./dom.js";
import { termsOf } from "./terms.js";

/** @typedef {import("./study-board.js").StudyBoard} StudyBoard */
/** @typedef {import("./types.d.ts").Schedule} Schedule */

const words = wordsOf("aside");

/**
 * @param {HTMLElement} room
 * @param {StudyBoard} board
 * @param {(text: string) => void} tell
 */
export async function fill(room, board, tell) {
  const now = Date.now();
  const aside = board.record
    .schedules()
    .filter(({ card, suspended, buried }) => board.cards.has(card) && (suspended || buried > now));
  const terms = await termsOf(board, new Set(aside.map(({ card }) => card)));
  const none = make("p", {}, words.none);
  const line = (/** @type {Schedule} */ schedule) => {
    const { card, prompt } = schedule;
    const term = terms.get(card) ?? card;
    const ask = button({ "aria-label": say(words.askThis, { term }) }, words.ask);
    const item = make("li", {}, make("span", {}, make("b", {}, make("bdi", {}, term)), `, ${how(schedule)}`), ask);
    ask.addEventListener("click", async () => {
      await board.record.add({ kind: "resume", card, ...(prompt && { prompt }) });
      tell(say(words.isAsked, { term }));
      // The focus goes on to what is next, and does not fall out of the list.
      const next = (item.nextElementSibling ?? item.previousElementSibling)?.querySelector("button");
      (next ?? room.closest("details")?.querySelector("summary"))?.focus();
      item.remove();
      if (!next) room.replaceChildren(none);
    });
    return item;
  };
  room.replaceChildren(aside.length ? make("ul", { class: "board-aside" }, ...aside.map(line)) : none);
  tell("");
}

/** @param {Schedule} schedule */
function how({ suspended, buried }) {
  if (suspended) return words.forGood;
  const day = new Intl.DateTimeFormat(tag, { weekday: "long", day: "numeric", month: "long" }).format(buried);
  return say(words.until, { day });
}

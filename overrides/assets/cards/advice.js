import { say } from "../words/say.js";
import { wordsOf } from "../words/words.js";
import { button, make } from "./dom.js";
import { bringSheet } from "./sheet.js";

const words = wordsOf("advice");

/**
 * Writes on a card's back what its learner should know before the next grade: that it has changed,
 * or else that it is forgotten again and again.
 * @param {import("./flash-card.js").FlashCard} card
 * @param {import("./types.d.ts").Schedule} schedule
 * @param {boolean} isRevised
 */
export async function advise(card, schedule, isRevised) {
  const href = card.querySelector(".flash-entry a")?.getAttribute("href") ?? "";
  const [before, after] = say(words.leech, { n: schedule.lapses }).split("{link}");
  const advice = isRevised
    ? [words.revised, button({ "data-do": "reset" }, words.afresh)]
    : [before, make("a", { href }, words.readEntry), after];
  await bringSheet(card);
  card.querySelector(".flash-advice")?.remove();
  card.querySelector(".flash-back .flash-text")?.after(make("p", { class: "flash-advice" }, ...advice));
}

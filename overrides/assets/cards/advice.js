import { button, make } from "./dom.js";
import { bringSheet } from "./sheet.js";

const words = {
  leech: (/** @type {number} */ lapses) => `Forgotten ${lapses} times. It may help to `,
  readEntry: "read its entry",
  revised: "The meaning of this card has changed since you learned it.",
  afresh: "Start this card afresh",
};

/**
 * Writes on a card's back what its learner should know before the next grade: that it has changed,
 * or else that it is forgotten again and again.
 * @param {import("./flash-card.js").FlashCard} card
 * @param {import("./types.d.ts").Schedule} schedule
 * @param {boolean} isRevised
 */
export async function advise(card, schedule, isRevised) {
  const href = card.querySelector(".flash-entry a")?.getAttribute("href") ?? "";
  const advice = isRevised
    ? [words.revised, button({ "data-do": "reset" }, words.afresh)]
    : [words.leech(schedule.lapses), make("a", { href }, words.readEntry), "."];
  await bringSheet(card);
  card.querySelector(".flash-advice")?.remove();
  card.querySelector(".flash-back .flash-text")?.after(make("p", { class: "flash-advice" }, ...advice));
}

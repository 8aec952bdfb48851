/*
 * Reverse: from what a card says back to its term, which one recalls before one turns the card.
 */
import { inOwnLanguage, termOf } from "./asks.js";

/** @type {import("./modes.js").Way} */
export const way = {
  prompts: (names) => names.filter((name) => name === "reverse"),
  ask(question) {
    const { card, asks } = question;
    if (asks.reverse) question.lay([inOwnLanguage(card, asks.reverse)], termOf(card, asks));
    return Boolean(card.term && asks.reverse);
  },
};

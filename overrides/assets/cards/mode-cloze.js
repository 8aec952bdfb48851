/*
 * Gaps: a sentence of the card with words left out, to be typed.
 */
import { say } from "../words/say.js";
import { wordsOf } from "../words/words.js";
import { inOwnLanguage, languageOf } from "./asks.js";
import { make } from "./dom.js";
import { fields } from "./fields.js";

const words = wordsOf("cloze");

/** @type {import("./modes.js").Way} */
export const way = {
  invites: words.invites,
  prompts: (names) => names.filter((name) => name.startsWith("cloze:")),
  ask(question) {
    const sentence = question.asks.cloze[Number(question.prompt.split(":")[1]) - 1];
    if (!sentence) return false;
    const asked = /** @type {HTMLElement} */ (sentence.cloneNode(true));
    const gaps = [...asked.querySelectorAll("mark")];
    const names = gaps.map(({ textContent }) => textContent ?? "");
    for (const [n, gap] of gaps.entries()) gap.replaceWith(make("span", { class: "flash-gap" }, gaps.length > 1 ? say(words.gapOfMany, { n: n + 1 }) : words.gap));
    question.lay([inOwnLanguage(question.card, asked)], [inOwnLanguage(question.card, sentence)]);
    const lang = languageOf(question.card);
    fields(question, names.map((name, n) => ({ label: names.length > 1 ? say(words.labelOfMany, { n: n + 1 }) : words.label, names: [name], lang })));
  },
};

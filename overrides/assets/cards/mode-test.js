/*
 * Test: some of the cards, each asked in one of several ways, without hints and without a word on any
 * answer before the end. Then one result by topic, and what was missed again.
 */
import { say } from "../words/say.js";
import { wordsOf } from "../words/words.js";
import { make } from "./dom.js";
import { way as choose } from "./mode-choose.js";
import { way as cloze } from "./mode-cloze.js";
import { way as type } from "./mode-type.js";
import { drawn, seeded } from "./seed.js";

/** @typedef {import("./flash-card.js").FlashCard} FlashCard */

const words = wordsOf("test");

const LENGTH = 20; // cards

/** @type {import("./modes.js").Way} */
export const way = {
  invites: words.invites,
  isSilent: true,
  prompts: (names, id, seed) => [names[drawn(`${seed} ${id} prompt`, names.length)]],
  ask(question) {
    const { prompt, seed } = question;
    if (prompt.startsWith("cloze:")) return cloze.ask(question);
    if (prompt === "reverse" || drawn(`${seed} way`, 2)) return type.ask(question);
    return choose.ask(question) === false ? type.ask(question) : undefined;
  },
  async round({ deck, session, seed }) {
    const asked = [...new Set(deck.round)];
    const pool = session && (deck.dataset.state === "done" || !asked.length) ? session.elements(session.asked(Date.now())) : asked;
    const some = seeded(pool, seed, (card) => card.dataset.card ?? "").slice(0, LENGTH);
    await Promise.all(some.map((card) => card.whole || session?.bring(card)));
    return some.filter((card) => card.whole);
  },
  result({ deck: { round, grades } }) {
    /** @type {Map<string, {had: number, of: number}>} */
    const topics = new Map();
    for (const card of round) {
      const topic = topics.get(card.dataset.topic ?? "") ?? { had: 0, of: 0 };
      topics.set(card.dataset.topic ?? "", topic);
      topic.of++;
      const grade = grades.get(card);
      if (grade && grade !== "again") topic.had++;
    }
    const row = (/** @type {[string, {had: number, of: number}]} */ [topic, { had, of }]) =>
      make("tr", {}, make("th", { scope: "row" }, make("bdi", {}, topic)), make("td", {}, say(words.of, { had, of })));
    const head = make("tr", {}, ...[words.topic, words.had].map((text) => make("th", { scope: "col" }, text)));
    const body = make("tbody", {}, ...[...topics].map(row));
    return [make("table", { class: "flash-result", "aria-label": words.result }, make("thead", {}, head), body)];
  },
};

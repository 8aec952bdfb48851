/*
 * Fields to type an answer into, with the button that gives it.
 */
import { listed, say } from "../words/say.js";
import { wordsOf } from "../words/words.js";
import { make } from "./dom.js";
import { verdict } from "./verdict.js";

/** @typedef {{label: string, names: string[], others?: string[], lang: string}} Field `names`: what is right */

const words = wordsOf("fields");

/** From the best to the worst. */
const VERDICTS = /** @type {const} */ (["right", "near", "wrong"]);

/**
 * Asks a question by fields. It is as well answered as the worst of them.
 * @param {import("./modes.js").Question} question
 * @param {Field[]} asked
 */
export function fields(question, asked) {
  const inputs = asked.map(({ lang }) =>
    make("input", { type: "text", dir: "auto", lang, autocomplete: "off", autocapitalize: "none", spellcheck: "false" }),
  );
  const form = make(
    "form",
    { class: "flash-fields" },
    ...inputs.map((input, n) => make("label", {}, make("span", {}, asked[n].label), input)),
    make("div", { class: "flash-form-buttons" }, make("button", { type: "submit" }, words.answer)),
  );
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const open = inputs.find(({ value }) => !value.trim());
    // Enter goes on to a field that is still empty.
    if (open && open !== document.activeElement && inputs.some(({ value }) => value.trim())) return open.focus();
    const given = inputs.map(({ value }) => value.trim());
    const each = given.map((text, n) => verdict(text, asked[n].names, asked[n]));
    const worst = VERDICTS.findLast((name) => each.includes(name)) ?? "wrong";
    const said = given.filter(Boolean).map((text) => say(words.quoted, { text }));
    question.answer(worst, worst === "right" ? [] : [said.length ? say(words.given, { texts: listed(said) }) : words.nothing]);
  });
  form.addEventListener("click", (event) => event.stopPropagation());
  question.canOverrule = true;
  question.first = inputs[0];
  question.reveal = () => form.remove();
  question.room.append(form);
}

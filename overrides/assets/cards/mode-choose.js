/*
 * Choose: the gist among three that are wrong. The arrows move, Enter answers, and so do the digits.
 */
import { wordsOf } from "../words/words.js";
import { button, make } from "./dom.js";
import { seeded } from "./seed.js";

/** @typedef {import("./asks.js").Asks} Asks */
/** @typedef {{text: (Node | string)[], isRight: boolean, remark: (Node | string)[], lang: string}} Option */

const words = wordsOf("choose");

const WRONG = 3; // beside the right one

/** @type {import("./modes.js").Way} */
export const way = {
  invites: words.invites,
  ask(question) {
    const options = optionsOf(question.asks, question.seed);
    if (options.length < 2) return false;
    const list = make("div", { class: "flash-options", role: "group", "aria-label": words.options });
    for (const [n, option] of options.entries()) {
      const attributes = { "data-option": String(n + 1), dir: "auto", ...(option.lang && { lang: option.lang }) };
      const each = button(attributes, make("span", {}, ...option.text));
      list.append(each);
      each.addEventListener("click", (event) => {
        event.stopPropagation();
        if (question.isOver) return;
        if (!option.isRight) mark(each, "taken");
        question.answer(option.isRight ? "right" : "wrong", option.remark);
      });
    }
    const buttons = /** @type {HTMLElement[]} */ ([...list.children]);
    question.first = buttons[0];
    question.reveal = () => {
      for (const each of buttons) {
        each.ariaDisabled = "true";
        delete each.dataset.option;
      }
      mark(buttons[options.findIndex(({ isRight }) => isRight)], "right");
    };
    list.addEventListener("keydown", (event) => {
      const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
      const at = buttons.indexOf(/** @type {HTMLElement} */ (document.activeElement));
      if (!step || at < 0) return;
      buttons[(at + step + buttons.length) % buttons.length].focus();
      event.preventDefault();
    });
    question.room.append(list);
  },
};

/**
 * The options of a card in their order: the right one, and three wrong ones where there are as many.
 * @param {Asks} asks
 * @param {string} seed
 * @returns {Option[]}
 */
export function optionsOf({ right, wrong }, seed) {
  if (!right) return [];
  const named = (/** @type {HTMLElement} */ each) => each.textContent ?? "";
  const others = seeded(wrong, seed, named).slice(0, WRONG);
  return seeded([right, ...others], `${seed} order`, named).map((each) => {
    const remark = each.querySelector("small");
    remark?.remove();
    return { text: [...each.childNodes], isRight: each === right, remark: [...(remark?.childNodes ?? [])], lang: each.lang };
  });
}

/**
 * @param {HTMLElement} option
 * @param {"right" | "taken"} as
 */
function mark(option, as) {
  option.dataset.is = as;
  option.append(make("small", {}, words[as]));
}

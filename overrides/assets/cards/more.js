import { button, make } from "./dom.js";
import { keep } from "./actions.js";
import { words as deckWords } from "./words.js";

const words = {
  /** @type {Record<string, string>} */
  actions: {
    bury: "Set aside until tomorrow",
    suspend: "Do not ask again",
    resume: "Ask this card again",
  },
  keep: "Keep my answers in this browser",
  useKeys: "Use the keys for 1 to 4, U, S and ?",
  close: "Close",
  keys: [
    ["Space, Enter", "Turn the card"],
    ["1, 2, 3, 4", "Again, Hard, Good, Easy"],
    ["U", "Undo the last grade"],
    ["S", "Shuffle"],
    ["← →", "Previous, next card"],
    ["?", "This list"],
  ],
};

/**
 * Fills a deck's panel: what else can be done with the card on top, what is kept, and the keys.
 * @param {import("./grading.js").Grading} grading
 * @param {HTMLElement} panel
 * @param {import("./record.js").CardRecord} record
 */
export function fillMore(grading, panel, record) {
  const { schedule } = grading;
  const aside = schedule && (schedule.suspended || schedule.buried > Date.now());
  const actions = aside ? ["resume"] : ["bury", "suspend"];
  panel.role = "group";
  panel.ariaLabel = deckWords.more;
  panel.replaceChildren(
    ...actions.map((action) => button({ "data-do": action }, words.actions[action])),
    ...(grading.isQuiz ? [choice(words.keep, grading.keeps, (on) => keep(grading, on))] : []),
    choice(words.useKeys, record.setting("keys"), (on) => record.set("keys", on)),
    make("dl", {}, ...words.keys.flatMap(([keys, does]) => [make("dt", {}, keys), make("dd", {}, does)])),
    button({}, words.close),
  );
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

/*
 * What a learner can set: how much to remember, and how many cards a day.
 */
import { say } from "../words/say.js";
import { wordsOf } from "../words/words.js";
import { make } from "./dom.js";
import { DEFAULTS } from "./record.js";

/** @typedef {import("./study-board.js").StudyBoard} StudyBoard */

const words = wordsOf("settings");

/** A share is stored as such, and asked for in percent. */
const FIELDS = [
  { name: "retention", label: words.retention, about: words.retentionAbout, least: 70, most: 97, per: 100 },
  { name: "newADay", label: words.newADay, about: "", least: 0, most: 9999, per: 1 },
  { name: "reviewsADay", label: words.reviewsADay, about: "", least: 0, most: 9999, per: 1 },
];

/**
 * @param {HTMLElement} room
 * @param {StudyBoard} board
 * @param {(text: string) => void} tell
 */
export function fill(room, board, tell) {
  room.replaceChildren(...FIELDS.map((field) => labeled(field, board, tell)));
}

/**
 * @param {typeof FIELDS[number]} field
 * @param {StudyBoard} board
 * @param {(text: string) => void} tell
 */
function labeled({ name, label, about, least, most, per }, board, tell) {
  const { record } = board;
  const input = make("input", { type: "number", min: `${least}`, max: `${most}`, inputmode: "numeric", required: "" });
  const show = () => {
    const value = record.setting(name);
    input.value = `${Math.round((Number.isFinite(value) ? value : DEFAULTS[name]) * per)}`;
  };
  show();
  input.addEventListener("change", async () => {
    if (input.validity.valid) {
      const isMeasure = name !== "retention";
      if (!isMeasure) tell(words.moment);
      await record.set(name, input.valueAsNumber / per);
      tell(isMeasure && !(await heeded(board)) ? words.later : words.done);
    } else tell(say(words.between, { least, most }));
    show();
  });
  return make("label", {}, label, input, ...(about ? [make("small", {}, about)] : []));
}

/**
 * Makes a session anew after a day's measure was set. Tells whether it could: not once it is under way.
 * @param {StudyBoard} board
 */
async function heeded(board) {
  /** @type {import("./flash-deck.js").FlashDeck | null} */
  const deck = board.querySelector("flash-deck");
  if (!deck?.session) return true;
  if (deck.dataset.state !== "asking" || deck.at || deck.grades.size) return false;
  if (await deck.session.begin(true)) (await import("./round-end.js")).endRound(deck, false);
  return true;
}

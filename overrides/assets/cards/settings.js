/*
 * What a learner can set: how much to remember, and how many cards a day.
 */
import { make } from "./dom.js";
import { DEFAULTS } from "./record.js";

/** @typedef {import("./study-board.js").StudyBoard} StudyBoard */

const words = {
  retention: "Of the cards that come due, remember (%)",
  retentionAbout: "The more you want to remember, the sooner cards come back.",
  newADay: "New cards a day",
  reviewsADay: "Reviews a day",
  between: (/** @type {number} */ least, /** @type {number} */ most) =>
    `Only whole numbers from ${least} to ${most} can be set. Nothing was changed.`,
  moment: "One moment: the schedules are made again.",
  done: "Done.",
};

/** A share is stored as such, and asked for in percent. */
const FIELDS = [
  { name: "retention", label: words.retention, about: words.retentionAbout, least: 70, most: 97, per: 100 },
  { name: "newADay", label: words.newADay, about: "", least: 0, most: 9999, per: 1 },
  { name: "reviewsADay", label: words.reviewsADay, about: "", least: 0, most: 9999, per: 1 },
];

/**
 * @param {HTMLElement} room
 * @param {StudyBoard} board
 * @param {(text: string) => void} say
 */
export function fill(room, board, say) {
  room.replaceChildren(...FIELDS.map((field) => labeled(field, board, say)));
}

/**
 * @param {typeof FIELDS[number]} field
 * @param {StudyBoard} board
 * @param {(text: string) => void} say
 */
function labeled({ name, label, about, least, most, per }, { record }, say) {
  const input = make("input", { type: "number", min: `${least}`, max: `${most}`, inputmode: "numeric", required: "" });
  const show = () => {
    const value = record.setting(name);
    input.value = `${Math.round((Number.isFinite(value) ? value : DEFAULTS[name]) * per)}`;
  };
  show();
  input.addEventListener("change", async () => {
    if (input.validity.valid) {
      if (name === "retention") say(words.moment);
      await record.set(name, input.valueAsNumber / per);
      say(words.done);
    } else say(words.between(least, most));
    show();
  });
  return make("label", {}, label, input, ...(about ? [make("small", {}, about)] : []));
}

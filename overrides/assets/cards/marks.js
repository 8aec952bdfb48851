/*
 * Marks: wherever a card is named, a word and a shape tell whether it is new, being learned, due or
 * known. They stand where room was kept for them, so that nothing moves when they come.
 */
import { wordsOf } from "../words/words.js";
import { make } from "./dom.js";
import { openRecord } from "./record.js";
import { bringSheet } from "./sheet.js";
import { dayEnd } from "./time.js";

/** @typedef {import("./record.js").CardRecord} CardRecord */
/** @typedef {import("./types.d.ts").Schedule} Schedule */

const words = wordsOf("stages");
const NAMED =
  "a.term[data-card], .entry[data-card], :is(glossary-index, term-map) li[data-card], flash-card[data-deck]";

/** @type {WeakSet<CardRecord>} those whose changes are shown */
const followed = new WeakSet();

/**
 * Marks the cards that a page names, now and when the record changes; `card-marks:shown` tells of each time.
 * @param {string} deck its id
 */
export async function mark(deck) {
  const [record] = await Promise.all([openRecord(deck), bringSheet(document.body)]);
  if (document.querySelector("flash-card[data-deck]")) await customElements.whenDefined("flash-card");
  const show = () => {
    /** @type {NodeListOf<HTMLElement>} */
    const named = document.querySelectorAll(NAMED);
    for (const element of named) markOne(element, stage(record.schedule(element.dataset.card ?? "")));
    document.dispatchEvent(new CustomEvent("card-marks:shown"));
  };
  show();
  if (!followed.has(record)) record.addEventListener("change", show);
  followed.add(record);
}

/**
 * How a card stands; nothing of one that is set aside.
 * @param {Schedule | undefined} schedule
 * @returns {keyof typeof words | undefined}
 */
function stage(schedule) {
  const now = Date.now();
  if (!schedule) return "new";
  if (schedule.suspended || schedule.buried > now) return undefined;
  if (schedule.state === "relearning") return "learning";
  if (schedule.state !== "review") return schedule.state;
  return schedule.due < dayEnd(now) ? "due" : "known";
}

/**
 * @param {HTMLElement} element
 * @param {keyof typeof words | undefined} stage
 */
function markOne(element, stage) {
  const room = element.matches(".entry") ? [element.previousElementSibling] : element.querySelectorAll(".flash-place");
  for (const host of room.length ? room : [element]) {
    host?.querySelector(":scope > .card-mark")?.remove();
    if (stage) host?.append(make("span", { class: "card-mark", "data-stage": stage }, words[stage]));
  }
}

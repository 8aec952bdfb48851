/*
 * The end of a session: what was done, when the next card comes back, and how to go on.
 */
import { button, make } from "./dom.js";
import { id, isDue, isNew, mayBeAsked } from "./study-session.js";
import { dayEnd, dayStart, interval } from "./time.js";

/** @typedef {import("./study-session.js").Session} Session */

const words = {
  answered: (/** @type {number} */ n, /** @type {number} */ fresh) =>
    `You have answered ${n} ${n === 1 ? "card" : "cards"}${fresh ? `, ${fresh === n ? "all" : fresh} new` : ""}.`,
  skipped: (/** @type {number} */ n) => `${n} skipped, still to be asked.`,
  askSkipped: (/** @type {number} */ n) => (n === 1 ? "Ask the one skipped" : `Ask the ${n} skipped`),
  noneDue: "Nothing is due.",
  noMoreDue: "Nothing more is due.",
  noCards: "No card fits this choice.",
  /** When the next card comes back: today in so much time, or in so many days. */
  next: (/** @type {number} */ days, /** @type {string} */ time) =>
    `The next card comes back ${days > 1 ? `in ${days} days` : days ? "tomorrow" : `in ${time}`}.`,
  ahead: "Study ahead",
};

/**
 * @param {Session} session
 * @param {Element} line takes the first sentence
 * @param {Element} buttons take the ways to go on
 * @returns {Element[]} the other sentences
 */
export function endOfSession(session, line, buttons) {
  const skipped = skippedIn(session);
  const [first, ...more] = told(session, skipped.length);
  line.append(first);
  if (skipped.length) buttons.append(button({ "data-do": "restart" }, words.askSkipped(skipped.length)));
  else if (session.ahead().length) buttons.append(button({ "data-do": "ahead" }, words.ahead));
  return more.map((text) => make("p", {}, text));
}

/**
 * The cards of the round that were passed over, and can be asked still.
 * @param {Session} session
 */
function skippedIn({ deck: { grades, round }, record }) {
  const now = Date.now();
  return [...new Set(round)].filter((card) => !grades.has(card) && mayBeAsked(record.schedule(id(card)), now));
}

/**
 * What was done, and when the next card comes back, in sentences.
 * @param {Session} session
 * @param {number} skipped
 */
function told(session, skipped) {
  const { grades } = session.deck;
  if (!session.candidates().length) return [words.noCards];
  const said = [];
  const fresh = [...grades.keys()].filter((card) => session.fresh.has(card)).length;
  if (grades.size) said.push(words.answered(grades.size, fresh));
  if (skipped) return [...said, words.skipped(skipped)];
  return [...said, [grades.size ? words.noMoreDue : words.noneDue, next(session)].filter(Boolean).join(" ")];
}

/**
 * When the next card comes back, in a sentence; nothing where none does.
 * @param {Session} session
 */
function next(session) {
  const now = Date.now();
  const tomorrow = dayEnd(now);
  const areNewAsked = session.record.setting("newADay") > 0;
  let next = Infinity;
  for (const { schedule } of session.candidates()) {
    if (schedule?.suspended || (isNew(schedule) && !areNewAsked)) continue;
    // What is due and not asked was too much for today.
    const due = !schedule || isNew(schedule) || isDue(schedule, tomorrow) ? tomorrow : schedule.due;
    next = Math.min(next, Math.max(due, schedule?.buried ?? 0));
  }
  if (next === Infinity) return "";
  const days = Math.round((dayStart(next) - dayStart(now)) / 86_400_000);
  return words.next(days, interval(next - now).long);
}

/*
 * The plain numbers of a learner's record: arithmetic, without a page.
 */
import { logs, steps } from "./scheduler.js";
import { dayEnd, dayStart } from "./time.js";

/** @typedef {import("./record.js").CardRecord} CardRecord */
/** @typedef {import("./types.d.ts").Schedule} Schedule */
/** @typedef {{had: number, of: number}} Share */

const AHEAD = 30; // days
const MONTH = 30 * 86_400_000; // ms
const SLICE = 30; // ms of work before what the reader does has its turn

/** How a card may stand: due is due today, known is due later. */
export const STANDS = /** @type {const} */ (["new", "learning", "due", "known", "aside"]);

/**
 * The numbers.
 * @param {CardRecord} record
 * @param {Set<string>} cards the ids of the deck's cards; others are not asked, and so not due
 * @param {number} now in ms since 1970
 */
export async function numbers(record, cards, now) {
  const schedules = record.schedules().filter(({ card }) => cards.has(card));
  return { stands: stands(record, cards, now), due: due(schedules, now), ...(await past(record, now)) };
}

/**
 * How many of the cards are new, being learned, due today, known until later, and set aside.
 * @param {CardRecord} record
 * @param {Set<string>} cards
 * @param {number} now
 */
function stands(record, cards, now) {
  const counts = { new: 0, learning: 0, due: 0, known: 0, aside: 0 };
  const today = dayEnd(now);
  for (const card of cards) counts[stand(record.schedule(card), now, today)]++;
  return counts;
}

/**
 * @param {Schedule | undefined} schedule
 * @param {number} now
 * @param {number} today when it ends
 * @returns {typeof STANDS[number]}
 */
function stand(schedule, now, today) {
  if (!schedule) return "new";
  if (schedule.suspended || schedule.buried > now) return "aside";
  if (schedule.state === "new") return "new";
  if (schedule.state !== "review") return "learning";
  return schedule.due < today ? "due" : "known";
}

/**
 * The days of the next thirty on which something is due. What is overdue is due today.
 * @param {Schedule[]} schedules
 * @param {number} now
 * @returns {{day: number, count: number}[]} `day`: when it begins
 */
function due(schedules, now) {
  const days = [dayStart(now)];
  while (days.length < AHEAD) days.push(dayEnd(/** @type {number} */ (days.at(-1))));
  const end = dayEnd(/** @type {number} */ (days.at(-1)));
  const counts = new Map(days.map((day) => [day, 0]));
  for (const { suspended, state, due, buried } of schedules) {
    const at = Math.max(due, buried, now);
    if (suspended || state === "new" || at >= end) continue;
    const day = dayStart(at);
    counts.set(day, (counts.get(day) ?? 0) + 1);
  }
  return [...counts].map(([day, count]) => ({ day, count })).filter(({ count }) => count);
}

/**
 * How many reviews there were, and what share of the cards that were learned was still remembered.
 * @param {CardRecord} record
 * @param {number} now
 */
async function past(record, now) {
  const today = dayStart(now);
  const week = new Date(today).setDate(new Date(today).getDate() - 6);
  const reviews = { today: 0, week: 0, all: 0 };
  /** @type {{month: Share, all: Share}} */
  const remembered = { month: { had: 0, of: 0 }, all: { had: 0, of: 0 } };
  const retention = record.setting("retention");
  const all = logs(await record.events(), (card) => record.now(card));
  let began = performance.now();
  for (const log of all.values()) {
    if (performance.now() - began > SLICE) {
      await new Promise((resolve) => setTimeout(resolve));
      began = performance.now();
    }
    for (const { event, before } of steps(log, { retention })) {
      if (event.kind !== "review") continue;
      reviews.all++;
      if (event.at >= week) reviews.week++;
      if (event.at >= today) reviews.today++;
      if (before.state !== "review") continue;
      count(remembered.all, event.grade !== "again");
      if (event.at > now - MONTH) count(remembered.month, event.grade !== "again");
    }
  }
  return { reviews, remembered };
}

/**
 * @param {Share} share
 * @param {boolean} had
 */
function count(share, had) {
  share.of++;
  if (had) share.had++;
}

/*
 * The plain numbers of a learner's record: arithmetic, without a page.
 */
import { logs, steps } from "./scheduler.js";
import { dayEnd, dayStart } from "./time.js";

/** @typedef {import("./record.js").CardRecord} CardRecord */
/** @typedef {import("./types.d.ts").Schedule} Schedule */
/** @typedef {{had: number, of: number}} Share */
/** @typedef {{day: number, count: number}} Day `day`: when it begins */
/** @typedef {Record<typeof STANDS[number], number>} Counts */
/** @typedef {{month: number} & Share} Month `month`: when its first day begins */
/** @typedef {{card: string, difficulty: number, lapses: number}} Hard */

/** How many days are looked ahead to. */
export const AHEAD = 30;
const MONTH = 30 * 86_400_000; // ms
const WEEKS = 52; // whole ones, before this week
const MONTHS = 12; // this one among them
const HARDEST = 10;
const SLICE = 30; // ms of work before what the reader does has its turn

/** How a card may stand: due is due today, known is due later. */
export const STANDS = /** @type {const} */ (["new", "learning", "due", "known", "aside"]);

/**
 * The numbers.
 * @param {CardRecord} record
 * @param {Map<string, string>} cards the deck's cards: id -> topic; others are not asked, and so not due
 * @param {number} now in ms since 1970
 */
export async function numbers(record, cards, now) {
  const schedules = record.schedules().filter(({ card }) => cards.has(card));
  const topics = byTopic(record, cards, now);
  const stands = none();
  for (const counts of topics.values()) for (const state of STANDS) stands[state] += counts[state];
  return { stands, topics, due: due(schedules, now), hardest: hardest(schedules), ...(await past(record, now)) };
}

/** @returns {Counts} */
function none() {
  return { new: 0, learning: 0, due: 0, known: 0, aside: 0 };
}

/**
 * How many of each topic's cards are new, being learned, due today, known until later, and set aside.
 * @param {CardRecord} record
 * @param {Map<string, string>} cards
 * @param {number} now
 */
function byTopic(record, cards, now) {
  /** @type {Map<string, Counts>} */
  const topics = new Map();
  const today = dayEnd(now);
  for (const [card, topic] of cards) {
    const counts = topics.get(topic) ?? none();
    counts[stand(record.schedule(card), now, today)]++;
    topics.set(topic, counts);
  }
  return topics;
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
 * How many cards are due on which of the next thirty days, whatever is asked of them. What is overdue is
 * due today, and a card that is set aside comes back in no way.
 * @param {Schedule[]} schedules
 * @param {number} now
 * @returns {Day[]}
 */
function due(schedules, now) {
  const days = [dayStart(now)];
  while (days.length < AHEAD) days.push(dayEnd(/** @type {number} */ (days.at(-1))));
  const end = dayEnd(/** @type {number} */ (days.at(-1)));
  /** @type {Map<number, Set<string>>} */
  const cards = new Map(days.map((day) => [day, new Set()]));
  const own = new Map(schedules.filter(({ prompt }) => !prompt).map((schedule) => [schedule.card, schedule]));
  for (const { card, suspended, state, due, buried } of schedules) {
    const itself = own.get(card);
    const at = Math.max(due, buried, itself?.buried ?? 0, now);
    if (suspended || itself?.suspended || state === "new" || at >= end) continue;
    cards.get(dayStart(at))?.add(card);
  }
  return listed(new Map([...cards].map(([day, { size }]) => [day, size]))).filter(({ count }) => count);
}

/**
 * The cards that are hardest for the learner, among those forgotten after they had been learned: what one
 * has always known has a difficulty too, which comes of a first grade and tells little. A card is as hard
 * as the hardest of its prompts.
 * @param {Schedule[]} schedules
 * @returns {Hard[]} with difficulties rounded as they are shown, so that the order can be seen
 */
function hardest(schedules) {
  /** @type {Map<string, Hard>} */
  const cards = new Map();
  for (const { card, difficulty, lapses } of schedules) {
    const hard = { card, difficulty: Math.round(10 * difficulty) / 10, lapses };
    const known = cards.get(card);
    if (lapses && (!known || harder(hard, known) < 0)) cards.set(card, hard);
  }
  return [...cards.values()].sort(harder).slice(0, HARDEST);
}

/**
 * @param {Hard} a
 * @param {Hard} b
 */
function harder(a, b) {
  return b.difficulty - a.difficulty || b.lapses - a.lapses || (a.card < b.card ? -1 : 1);
}

/**
 * How many reviews there were, in all and on each day of the last year, and what share of the cards that
 * were learned was still remembered, in all and by month.
 * @param {CardRecord} record
 * @param {number} now
 */
async function past(record, now) {
  const today = dayStart(now);
  const week = new Date(today).setDate(new Date(today).getDate() - 6);
  const reviews = { today: 0, week: 0, all: 0 };
  /** @type {{month: Share, all: Share}} */
  const remembered = { month: { had: 0, of: 0 }, all: { had: 0, of: 0 } };
  const [year, months] = [lastYear(today), lastMonths(today)];
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
      const day = dayStart(event.at);
      const onDay = year.get(day);
      if (onDay !== undefined) year.set(day, onDay + 1);
      reviews.all++;
      if (event.at >= week) reviews.week++;
      if (event.at >= today) reviews.today++;
      if (before.state !== "review") continue;
      const had = event.grade !== "again";
      count(remembered.all, had);
      if (event.at > now - MONTH) count(remembered.month, had);
      const month = months.get(monthStart(day));
      if (month) count(month, had);
    }
  }
  return { reviews, year: listed(year), remembered, months: [...months].map(([month, share]) => ({ month, ...share })) };
}

/**
 * The days of this week and of the 52 before it, from a Monday to today, with no reviews yet.
 * @param {number} today when it began
 */
function lastYear(today) {
  const first = new Date(today);
  const sinceMonday = (first.getDay() + 6) % 7;
  /** @type {Map<number, number>} */
  const days = new Map();
  for (let day = first.setDate(first.getDate() - sinceMonday - 7 * WEEKS); day <= today; day = dayEnd(day)) days.set(day, 0);
  return days;
}

/**
 * The last twelve months, with nothing remembered yet.
 * @param {number} today when it began
 */
function lastMonths(today) {
  /** @type {Map<number, Share>} */
  const months = new Map();
  for (let back = MONTHS - 1; back >= 0; back--) {
    const first = new Date(monthStart(today));
    months.set(first.setMonth(first.getMonth() - back), { had: 0, of: 0 });
  }
  return months;
}

/**
 * When the first day of a day's month began.
 * @param {number} day when it began
 */
function monthStart(day) {
  return new Date(day).setDate(1);
}

/**
 * @param {Map<number, number>} counts by day
 * @returns {Day[]}
 */
function listed(counts) {
  return [...counts].map(([day, count]) => ({ day, count }));
}

/**
 * @param {Share} share
 * @param {boolean} had
 */
function count(share, had) {
  share.of++;
  if (had) share.had++;
}

/**
 * Between which shares the true one lies in 95 of 100 cases, by Wilson's interval: few answers tell little.
 * @param {Share} share with at least one answer
 */
export function range({ had, of }) {
  const z = 1.96;
  const middle = had + (z * z) / 2;
  const reach = z * Math.sqrt((had * (of - had)) / of + (z * z) / 4);
  return [middle - reach, middle + reach].map((end) => end / (of + z * z));
}

/*
 * The end of a session: what was done, when the next card comes back, and how to go on.
 */
import { listed, say, tag } from "../words/say.js";
import { wordsOf } from "../words/words.js";
import { button, make } from "./dom.js";
import { interval } from "./grading.js";
import { isWanted } from "./still-wanted.js";
import { id, isDue, isNew, limit, sooner, waits } from "./study-session.js";
import { dayEnd, dayStart } from "./time.js";

/** @typedef {import("./flash-card.js").FlashCard} FlashCard */
/** @typedef {import("./study-session.js").Candidate} Candidate */
/** @typedef {import("./study-session.js").Session} Session */

const words = wordsOf("sessionEnd");

const AHEAD = 20; // cards at once

/**
 * @param {Session} session
 * @param {Element} line takes the first sentence
 * @param {Element} buttons take the ways to go on
 * @returns {Element[]} the other sentences
 */
export function endOfSession(session, line, buttons) {
  const skipped = skippedIn(session);
  const left = skipped.length ? [] : leftIn(session);
  const [first, ...more] = told(session, skipped.length, left);
  line.append(first);
  if (skipped.length) buttons.append(button({ "data-do": "skipped" }, say(words.askSkipped, { n: skipped.length })));
  else if (left.length) buttons.append(button({ "data-do": "ahead" }, words.goOn));
  else if (ahead(session).length) buttons.append(button({ "data-do": "ahead" }, words.ahead));
  watchDay(session, line);
  return more.map((text) => make("p", {}, text));
}

/**
 * The cards of a round that goes on from the one before.
 * @param {Session} session
 * @param {string} action what the learner has asked for, as in actions.js
 * @param {(cards: FlashCard[]) => FlashCard[]} order
 */
export function cardsAfter(session, action, order) {
  if (action === "ahead") return onward(session);
  if (action === "skipped") return skippedIn(session);
  return order([...new Set(session.deck.round)].filter((card) => isWanted(session, card)));
}

/**
 * What is left for today or, where nothing is, what to study ahead.
 * @param {Session} session
 */
function onward(session) {
  const cards = session.chosen();
  if (cards.length) return cards;
  const others = session.elements(ahead(session));
  session.ahead = new Set(others);
  session.aheadSince = Date.now();
  return others;
}

/**
 * The cards to study when nothing is left for today: what is due beyond a day's measure comes first, then
 * what comes back soonest, and last what was asked today.
 * @param {Session} session
 */
function ahead(session) {
  const now = Date.now();
  const today = dayStart(now);
  const rank = (/** @type {Candidate} */ { schedule }) =>
    schedule && schedule.last >= today ? 2 : isNew(schedule) ? 1 : 0;
  const cards = session.asked(now).sort((a, b) => rank(a) - rank(b) || sooner(a, b));
  return cards.slice(0, limit(AHEAD));
}

/**
 * The cards of the round that were passed over, and can be asked still.
 * @param {Session} session
 */
function skippedIn(session) {
  const { grades, round } = session.deck;
  return [...new Set(round)].filter((card) => !grades.has(card) && isWanted(session, card));
}

/**
 * What is still to be asked today. Without the scheduler the record does not know what a grade has led to.
 * @param {Session} session
 */
function leftIn(session) {
  const graded = new Set([...session.deck.grades.keys()].map(id));
  return session.today().filter(({ entry, schedule }) => !graded.has(entry.id) || waits(schedule));
}

/**
 * Begins anew when a learner comes back to this end on another day.
 * @param {Session} session
 * @param {Element} line of the end
 */
function watchDay(session, line) {
  const day = dayStart(Date.now());
  const seen = async () => {
    const isOver = !line.checkVisibility();
    if (!isOver && dayStart(Date.now()) === day) return;
    document.removeEventListener("visibilitychange", seen);
    if (!isOver && (await session.begin(true))) (await import("./round-end.js")).endRound(session.deck, false);
  };
  document.addEventListener("visibilitychange", seen);
}

/**
 * What was done, and when the next card comes back, in sentences.
 * @param {Session} session
 * @param {number} skipped
 * @param {Candidate[]} left
 */
function told(session, skipped, left) {
  const { grades } = session.deck;
  if (!session.candidates().length) return [words.noCards];
  const said = [];
  const fresh = [...grades.keys()].filter((card) => session.fresh.has(card)).length;
  if (grades.size) said.push(answered(grades.size, fresh));
  if (skipped) return [...said, say(words.skipped, { n: skipped })];
  const begun = left.filter(({ schedule }) => isNew(schedule)).length;
  if (left.length) return [...said, whatIsLeft(left.length - begun, begun)];
  const address = new URLSearchParams(location.search);
  const isChoice = Boolean(address.get("topic") || address.get("tags"));
  return [...said, [nothing(grades.size > 0, isChoice), next(session)].filter(Boolean).join(" ")];
}

/**
 * @param {number} n
 * @param {number} fresh
 */
function answered(n, fresh) {
  const text = !fresh ? words.answered : fresh === n ? words.answeredAllNew : words.answeredSomeNew;
  return say(text, { n, fresh: say(words.fresh, { n: fresh }) });
}

/**
 * @param {number} due
 * @param {number} fresh
 */
function whatIsLeft(due, fresh) {
  const kinds = [due && say(words.due, { n: due }), fresh && say(words.fresh, { n: fresh })].filter(Boolean);
  return say(words.left, { n: due + fresh, cards: listed(/** @type {string[]} */ (kinds)) });
}

/**
 * @param {boolean} isMore whether something was asked before
 * @param {boolean} isChoice whether the address chooses cards
 */
function nothing(isMore, isChoice) {
  if (isChoice) return isMore ? words.nothingMoreChosen : words.nothingChosen;
  return isMore ? words.nothingMore : words.nothing;
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
  for (const { entry, schedule } of session.candidates()) {
    const own = session.record.schedule(entry.id);
    if (own?.suspended || schedule?.suspended || (isNew(schedule) && !areNewAsked)) continue;
    // What is due and not asked was too much for today, but for what is being learned.
    const isTooMuch = isDue(schedule, tomorrow) && !waits(schedule);
    const due = !schedule || isNew(schedule) || isTooMuch ? tomorrow : schedule.due;
    next = Math.min(next, Math.max(due, schedule?.buried ?? 0, own?.buried ?? 0));
  }
  if (next === Infinity) return "";
  const days = Math.round((dayStart(next) - dayStart(now)) / 86_400_000);
  const when = days ? new Intl.RelativeTimeFormat(tag, { numeric: "auto" }).format(days, "day") : interval(next - now).when;
  return say(words.next, { when });
}

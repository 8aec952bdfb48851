/*
 * What a learner did with a card -> when it is due: FSRS-6 by ts-fsrs, without fuzz.
 *
 * Time goes by days of UTC, as in ts-fsrs, so a history gives the same schedule in every time zone.
 * Only `buried` is a matter of the place: it ends with the learner's day there.
 */
import { createEmptyCard, fsrs, Rating } from "./fsrs.min.js";
import { dayEnd, inOrder } from "./time.js";

/** @typedef {import("./types.d.ts").Grade} Grade */
/** @typedef {import("./types.d.ts").Options} Options */
/** @typedef {import("./types.d.ts").RecordedEvent} RecordedEvent */
/** @typedef {import("./types.d.ts").Schedule} Schedule */

const LEECH = 8;
/** @type {Record<Grade, import("./fsrs.min.js").Grade>} */
const RATINGS = { again: Rating.Again, hard: Rating.Hard, good: Rating.Good, easy: Rating.Easy };
/** @type {Schedule["state"][]} in the order of ts-fsrs */
const STAGES = ["new", "learning", "review", "relearning"];

/**
 * The schedules that come of all events of one card, by prompt. The order of the events does not matter.
 * @param {RecordedEvent[]} events
 * @param {Options & {card?: string}} options `card`: its id now, where it is not the one in the events
 * @returns {Map<string, Schedule>}
 */
export function derive(events, options) {
  /** @type {Map<string, Schedule>} */
  const schedules = new Map();
  for (const { after } of steps(events, options)) schedules.set(after.prompt, after);
  return schedules;
}

/**
 * Every step that the schedules of one card have taken, in order.
 * @param {RecordedEvent[]} events all of the card, in any order
 * @param {Options & {card?: string}} options as of `derive`
 * @returns {Generator<{event: RecordedEvent, before: Schedule, after: Schedule}>}
 */
export function* steps(events, options) {
  const algorithm = algorithmFor(options.retention);
  /** @type {Map<string, Schedule>} */
  const schedules = new Map();
  for (const event of standing(events.filter(isUsable).sort(inOrder))) {
    const { prompt = "" } = event;
    const before = schedules.get(prompt) ?? blank(options.card ?? event.card, prompt);
    const after = apply(before, event, algorithm);
    if (!after) continue;
    schedules.set(prompt, after);
    yield { event, before, after };
  }
}

/**
 * The schedules that come of all events of some cards, by card.
 * @param {RecordedEvent[]} events
 * @param {Options & {names: import("./types.d.ts").Names}} options `names`: the ids that cards had, and now have
 */
export function deriveAll(events, { names, ...options }) {
  /** @type {Map<string, Schedule[]>} */
  const schedules = new Map();
  for (const [card, log] of logs(events, (id) => names.get(id) ?? id)) {
    try {
      schedules.set(card, [...derive(log, { ...options, card }).values()]);
    } catch {
      // What one card's events hold must not keep the others from theirs.
    }
  }
  return schedules;
}

/**
 * The events of each card.
 * @param {RecordedEvent[]} events
 * @param {(card: string) => string} now gives the id that a card has now
 */
export function logs(events, now) {
  /** @type {Map<string, RecordedEvent[]>} */
  const found = new Map();
  for (const event of events) {
    const card = now(event.card);
    const log = found.get(card);
    if (log) log.push(event);
    else found.set(card, [event]);
  }
  return found;
}

/**
 * What each grade would lead to.
 * @param {Schedule | undefined} schedule none is a new card
 * @param {number} at
 * @param {Options} options
 */
export function outcomes(schedule, at, options) {
  const algorithm = algorithmFor(options.retention);
  const before = schedule ?? blank("", "");
  const outcome = (/** @type {Grade} */ grade) => {
    const { due, state } = review(before, grade, at, algorithm);
    return { due, state };
  };
  return { again: outcome("again"), hard: outcome("hard"), good: outcome("good"), easy: outcome("easy") };
}

/** @type {Map<number, ReturnType<typeof fsrs>>} */
const algorithms = new Map();

/** @param {number} retention */
function algorithmFor(retention) {
  const wanted = Number.isFinite(retention) ? Math.min(Math.max(retention, 0.7), 0.97) : 0.9;
  const known = algorithms.get(wanted) ?? fsrs({ request_retention: wanted, enable_fuzz: false });
  algorithms.set(wanted, known);
  return known;
}

/**
 * Whether the parts of an event that a schedule leans on are what they should be: files are edited by hand too.
 * @param {RecordedEvent} event
 */
function isUsable({ at, id, prompt = "" }) {
  return Number.isFinite(at) && at >= 0 && at < 8e15 && typeof id === "string" && typeof prompt === "string";
}

/**
 * The events that no other has undone. What undoes can be undone too.
 * @param {RecordedEvent[]} events
 */
function standing(events) {
  /** @type {Map<string, RecordedEvent[]>} */
  const undoers = new Map();
  for (const event of events)
    if (event.kind === "undo" && event.undoes)
      undoers.set(event.undoes, [...(undoers.get(event.undoes) ?? []), event]);
  /** @type {Map<string, boolean>} */
  const known = new Map();
  const stands = (/** @type {RecordedEvent} */ event) => {
    // A path of one's own, as a file may hold a chain longer than what functions may call each other.
    const path = known.has(event.id) ? [] : [event];
    for (let last = path.at(-1); last; last = path.at(-1)) {
      // For now: two that undo each other must not go round for ever.
      known.set(last.id, true);
      const undoer = undoers.get(last.id)?.find(({ id }) => known.get(id) !== false);
      if (undoer && !known.has(undoer.id)) path.push(undoer);
      else {
        known.set(last.id, !undoer);
        path.pop();
      }
    }
    return known.get(event.id);
  };
  return undoers.size ? events.filter(stands) : events;
}

/**
 * The schedule after an event; none where the event says nothing about it.
 * @param {Schedule} before
 * @param {RecordedEvent} event
 * @param {ReturnType<typeof fsrs>} algorithm
 * @returns {Schedule | undefined}
 */
function apply(before, { kind, grade = "", at, revision = before.revision }, algorithm) {
  if (kind === "suspend") return { ...before, suspended: true };
  if (kind === "resume") return { ...before, suspended: false, buried: 0 };
  if (kind === "bury") return { ...before, buried: dayEnd(at) };
  if (kind === "reset") return { ...blank(before.card, before.prompt), revision };
  if (kind === "review" && typeof grade === "string" && Object.hasOwn(RATINGS, grade))
    return { ...review(before, /** @type {Grade} */ (grade), at, algorithm), revision };
}

/**
 * @param {Schedule} before
 * @param {Grade} grade
 * @param {number} at
 * @param {ReturnType<typeof fsrs>} algorithm
 * @returns {Schedule}
 */
function review(before, grade, at, algorithm) {
  // A clock that was set back must not make time run backwards.
  const now = new Date(Math.max(at, before.last));
  const card = {
    ...createEmptyCard(now),
    stability: before.stability,
    difficulty: before.difficulty,
    reps: before.reps,
    lapses: before.lapses,
    learning_steps: before.steps,
    state: STAGES.indexOf(before.state),
    last_review: before.last ? new Date(before.last) : undefined,
  };
  const after = algorithm.next(card, now, RATINGS[grade]).card;
  return {
    ...before,
    state: STAGES[after.state],
    due: after.due.getTime(),
    first: before.first || now.getTime(),
    last: now.getTime(),
    stability: after.stability,
    difficulty: after.difficulty,
    reps: after.reps,
    lapses: after.lapses,
    steps: after.learning_steps,
    leech: after.lapses >= LEECH,
  };
}

/**
 * @param {string} card
 * @param {string} prompt
 * @returns {Schedule}
 */
function blank(card, prompt) {
  const memory = { stability: 0, difficulty: 0, reps: 0, lapses: 0, steps: 0, leech: false };
  const rest = { suspended: false, buried: 0, revision: 1 };
  return { card, prompt, state: "new", due: 0, first: 0, last: 0, ...memory, ...rest };
}

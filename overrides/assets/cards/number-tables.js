/*
 * The numbers of the learner's record, as tables. Where there are none yet, it is said what will stand there.
 */
import { make } from "./dom.js";
import { numbers, STANDS } from "./numbers.js";

/** @typedef {import("./study-board.js").StudyBoard} StudyBoard */

const words = {
  moment: "One moment …",
  due: "Due in the next 30 days",
  noneDue: "Nothing is due. The days on which cards come back will stand here once you have graded some.",
  day: "Day",
  today: "Today",
  cards: "Cards",
  reviews: "Reviews",
  when: "When",
  week: "Last 7 days",
  all: "In all",
  remembered: "Remembered",
  noneRemembered: "What share you remember will stand here once you were asked again for what you had learned.",
  what: "Of cards that you had learned",
  share: "Share",
  askedFor: "Asked for",
  month: "Last 30 days",
  none: "none yet",
  stands: "Your cards",
  state: "State",
  /** @type {Record<typeof STANDS[number], string>} */
  states: { new: "New", learning: "Learning", due: "Due", known: "Known", aside: "Set aside" },
};

/**
 * @param {HTMLElement} room
 * @param {StudyBoard} board
 * @param {(text: string) => void} say
 */
export async function fill(room, board, say) {
  if (!room.firstChild) say(words.moment);
  const { due, reviews, remembered, stands } = await numbers(board.record, board.cards, Date.now());
  const retention = Number(board.record.setting("retention"));
  const dueRows = due.map(({ day, count }) => [nameOf(day), whole(count)]);
  const reviewRows = [
    [words.today, whole(reviews.today)],
    [words.week, whole(reviews.week)],
    [words.all, whole(reviews.all)],
  ];
  const shareRows = [
    [words.askedFor, percent(retention)],
    [words.month, shared(remembered.month)],
    [words.all, shared(remembered.all)],
  ];
  const standRows = STANDS.map((state) => [words.states[state], whole(stands[state])]);
  room.replaceChildren(
    ...table(words.due, [words.day, words.cards], dueRows, words.noneDue),
    ...table(words.reviews, [words.when, words.reviews], reviewRows),
    ...table(words.remembered, [words.what, words.share], remembered.all.of ? shareRows : [], words.noneRemembered),
    ...table(words.stands, [words.state, words.cards], standRows),
  );
  say("");
}

/**
 * @param {string} title
 * @param {string[]} head
 * @param {string[][]} rows
 * @param {string} [none] what is said where there are no rows
 */
function table(title, head, rows, none = "") {
  const heading = make("h3", {}, title);
  if (!rows.length) return [heading, make("p", {}, none)];
  const lines = rows.map(([name, value]) => make("tr", {}, make("th", { scope: "row" }, name), make("td", {}, value)));
  const heads = head.map((text) => make("th", { scope: "col" }, text));
  return [
    heading,
    make("table", { class: "board-table", "aria-label": title }, make("thead", {}, make("tr", {}, ...heads)), make("tbody", {}, ...lines)),
  ];
}

/** @param {number} day when it begins, in ms since 1970 */
function nameOf(day) {
  if (day <= Date.now()) return words.today;
  const { lang } = document.documentElement;
  return new Intl.DateTimeFormat(lang || "en", { weekday: "short", day: "numeric", month: "long" }).format(day);
}

/** @param {import("./numbers.js").Share} share */
function shared({ had, of }) {
  return of ? `${percent(had / of)} (${whole(had)} of ${whole(of)})` : words.none;
}

/** @param {number} share */
function percent(share) {
  return `${Math.round(100 * share)} %`;
}

/** @param {number} n */
function whole(n) {
  return n.toLocaleString("en");
}

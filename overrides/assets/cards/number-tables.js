/*
 * The numbers of the learner's record: a picture each, with its gist above it and a table behind it. Where
 * there are none yet, it is said what will stand there.
 */
import { say, tag } from "../words/say.js";
import { wordsOf } from "../words/words.js";
import { make } from "./dom.js";
import { AHEAD, numbers, range, STANDS } from "./numbers.js";
import { bar, calendar, dated, dueBars, percent, shares, whole } from "./pictures.js";
import { termsOf } from "./terms.js";

/** @typedef {import("./numbers.js").Counts} Counts */
/** @typedef {import("./numbers.js").Day} Day */
/** @typedef {import("./study-board.js").StudyBoard} StudyBoard */
/** @typedef {Awaited<ReturnType<typeof numbers>>} Numbers */

const words = wordsOf("numbers");
const states = wordsOf("stands");
const standing = wordsOf("standing");

/** How cards may stand, in the order of a bar, with the shapes of the marks beside terms. */
const SHAPES = /** @type {const} */ ([["known", "●"], ["due", "◆"], ["learning", "◐"], ["new", "○"], ["aside", "–"]]);

/**
 * @param {HTMLElement} room
 * @param {StudyBoard} board
 * @param {(text: string) => void} tell
 */
export async function fill(room, board, tell) {
  if (!room.firstChild) tell(words.moment);
  const [found] = await Promise.all([numbers(board.record, board.topics, Date.now()), bringSheet(board)]);
  const open = new Set([...room.querySelectorAll("details[open] > summary")].map(({ ariaLabel }) => ariaLabel));
  room.replaceChildren(
    dueFigure(found),
    yearFigure(found),
    rememberedFigure(found, Number(board.record.setting("retention"))),
    topicsFigure(found, titlesIn(board)),
    hardestFigure(found),
  );
  for (const summary of room.querySelectorAll("summary")) summary.parentElement?.toggleAttribute("open", open.has(summary.ariaLabel));
  tell("");
  await nameCards(room, board);
}

/** @param {Numbers} numbers */
function dueFigure({ due }) {
  const title = say(words.due, { n: AHEAD });
  if (!due.length) return figure(title, waiting(words.noneDue));
  const most = top(due);
  const day = most.day <= Date.now() ? words.isToday : say(words.on, { day: long(most.day) });
  const gist = say(words.dueGist, { n: sum(due), days: AHEAD, day, most: most.count });
  const rows = due.map(({ day, count }) => [nameOf(day), whole(count)]);
  return figure(title, seen(gist), dueBars(due, `${title}: ${gist}`), behind(title, table(title, [words.day, words.cards], rows)));
}

/** @param {Numbers} numbers */
function yearFigure({ reviews, year }) {
  const counts = table(words.reviews, [words.when, words.reviews], [
    [words.today, whole(reviews.today)],
    [words.week, whole(reviews.week)],
    [words.all, whole(reviews.all)],
  ]);
  const days = year.filter(({ count }) => count);
  if (!days.length) return figure(words.year, waiting(words.noneYear), behind(words.year, counts));
  const most = top(days);
  const gist = say(words.yearGist, {
    reviews: say(words.countedReviews, { n: sum(days) }),
    days: say(words.countedDays, { n: days.length }),
    day: say(words.on, { day: long(most.day) }),
    most: most.count,
  });
  const head = year.slice(0, 7).map(({ day }) => dated(day, { weekday: "short" }));
  const rows = year.flatMap(({ day }, at) => {
    const week = at % 7 ? [] : year.slice(at, at + 7);
    // Of this week some days may be to come.
    return sum(week) ? [[short(day), ...head.map((_, nth) => (week[nth] ? whole(week[nth].count) : ""))]] : [];
  });
  return figure(
    words.year,
    seen(gist, words.larger),
    calendar(year, `${words.year}: ${gist}`),
    behind(words.year, counts, table(words.byDay, [words.weekOf, ...head], rows)),
  );
}

/**
 * @param {Numbers} numbers
 * @param {number} asked
 */
function rememberedFigure({ remembered: { all, month }, months }, asked) {
  if (!all.of) return figure(words.remembered, waiting(words.noneRemembered));
  const shareTable = table(words.remembered, [words.what, words.share], [
    [words.askedFor, percent(asked)],
    [words.month, shared(month)],
    [words.all, shared(all)],
  ]);
  const rows = months.flatMap((each) => {
    const name = dated(each.month, { month: "short", year: "numeric" });
    return each.of ? [[name, shared(each), say(words.between, ends(each))]] : [];
  });
  const gist = say(words.rememberedGist, { share: percent(all.had / all.of), n: all.of, asked: percent(asked) });
  const monthTable = table(words.byMonth, [words.monthHead, words.share, words.range], rows);
  return figure(
    words.remembered,
    seen(gist, rows.length ? words.chance : ""),
    shares(months, asked, `${words.remembered}: ${gist}`),
    behind(words.remembered, shareTable, ...(rows.length ? [monthTable] : [])),
  );
}

/**
 * @param {Numbers} numbers
 * @param {Map<string, string>} titles
 */
function topicsFigure({ stands, topics }, titles) {
  const all = STANDS.reduce((sum, state) => sum + stands[state], 0);
  /** @type {[string, Counts][]} */
  const named = [[words.every, stands], ...[...topics].map(([id, counts]) => /** @type {[string, Counts]} */ ([titles.get(id) ?? id, counts]))];
  const bars = named.map(([title, counts]) => {
    const shown = SHAPES.filter(([state]) => counts[state]);
    const of = STANDS.reduce((sum, state) => sum + counts[state], 0);
    const said = shown.map(([state]) => say(standing[state], { n: counts[state] }));
    const parts = shown.map(([kind]) => ({ kind, share: counts[kind] / of }));
    return item(title, bar(parts, said.join(", "), 11), ...said.map((each, at) => `${shown[at][1]} ${each}`));
  });
  const standRows = STANDS.map((state) => [states[state], whole(stands[state])]);
  const topicRows = named.slice(1).map(([title, counts]) => [title, ...STANDS.map((state) => whole(counts[state]))]);
  const heads = STANDS.map((state) => states[state]);
  return figure(
    words.stands,
    make("p", {}, say(words.standsGist, { known: stands.known, n: all })),
    make("ul", { class: "picture-list" }, ...bars),
    behind(words.stands, table(words.stands, [words.state, words.cards], standRows), table(words.byTopic, [words.topic, ...heads], topicRows)),
  );
}

/** @param {Numbers} numbers */
function hardestFigure({ hardest }) {
  if (!hardest.length) return figure(words.hardest, waiting(words.noneHardest));
  const bars = hardest.map(({ card, difficulty, lapses }) => {
    const said = say(words.isHard, { difficulty: tenths(difficulty), n: lapses });
    const parts = [{ kind: "known", share: difficulty / 10 }, { kind: "rest", share: 1 - difficulty / 10 }];
    return item(entry(card), bar(parts, said, 5), said);
  });
  const rows = hardest.map(({ card, difficulty, lapses }) => [entry(card), tenths(difficulty), whole(lapses)]);
  return figure(
    words.hardest,
    make("p", {}, words.hardestGist),
    make("ol", { class: "picture-list" }, ...bars),
    behind(words.hardest, table(words.hardest, [words.card, words.difficulty, words.forgotten], rows)),
  );
}

/**
 * @param {string} title
 * @param {...Element} children
 */
function figure(title, ...children) {
  return make("figure", { "aria-label": title }, make("h3", {}, title), ...children);
}

/**
 * The gist of a picture, for those who see it: to the others the picture itself says it.
 * @param {string} gist
 * @param {string} [more] how to read the picture
 */
function seen(gist, more = "") {
  return make("p", { "aria-hidden": "true" }, `${gist} ${more}`.trim());
}

/**
 * What stands in the place of a picture that is still to come.
 * @param {string} text
 */
function waiting(text) {
  return make("p", { class: "picture-waiting" }, text);
}

/**
 * @param {string | Element} name
 * @param {Element} picture
 * @param {...string} shown what the picture says, for those who see it
 */
function item(name, picture, ...shown) {
  return make("li", {}, make("bdi", {}, name), picture, make("small", { "aria-hidden": "true" }, ...shown.map((each) => make("span", {}, each))));
}

/**
 * @param {string} title
 * @param {...Element} tables
 */
function behind(title, ...tables) {
  const summary = make("summary", { "aria-label": say(words.asTableOf, { title }) }, words.asTable);
  return make("details", { class: "picture-tables" }, summary, ...tables);
}

/**
 * @param {string} title
 * @param {string[]} head
 * @param {(string | Element)[][]} rows
 */
function table(title, head, rows) {
  const heads = head.map((text) => make("th", { scope: "col" }, text));
  const lines = rows.map(([name, ...values]) =>
    make("tr", {}, make("th", { scope: "row" }, name), ...values.map((value) => make("td", {}, value))),
  );
  return make(
    "table",
    { class: "board-table" },
    make("caption", {}, title),
    make("thead", {}, make("tr", {}, ...heads)),
    make("tbody", {}, ...lines),
  );
}

/**
 * A link to a card's entry, which bears the card's id until its term is there.
 * @param {string} card
 */
function entry(card) {
  // The glossary's index leads on to the topic's page.
  const href = `${new URL(`../../glossary/#${card}`, import.meta.url)}`;
  return make("a", { href, "data-card": card }, make("bdi", {}, card));
}

/**
 * Gives the links to cards their terms. Those of a long deck may have to be fetched.
 * @param {HTMLElement} room
 * @param {StudyBoard} board
 */
async function nameCards(room, board) {
  /** @type {NodeListOf<HTMLElement>} */
  const links = room.querySelectorAll("a[data-card]");
  if (!links.length) return;
  const terms = await termsOf(board, new Set([...links].map(({ dataset }) => dataset.card ?? "")));
  for (const link of links) {
    const { card = "" } = link.dataset;
    link.replaceChildren(make("bdi", {}, terms.get(card) ?? card));
  }
}

/**
 * The titles of topics by id, as the page's links to them say.
 * @param {StudyBoard} board
 */
function titlesIn(board) {
  /** @type {NodeListOf<HTMLAnchorElement>} */
  const links = board.querySelectorAll('nav a[href*="topic="]');
  return new Map([...links].map(({ search, textContent }) => [new URLSearchParams(search).get("topic") ?? "", textContent ?? ""]));
}

/**
 * Brings the pictures' sheet, which stays for as long as the board.
 * @param {StudyBoard} board
 */
async function bringSheet(board) {
  if (board.querySelector("link[data-pictures]")) return;
  const sheet = make("link", { rel: "stylesheet", href: new URL("pictures.css", import.meta.url).href, "data-pictures": "" });
  const brought = new Promise((done) => (sheet.onload = sheet.onerror = done));
  board.append(sheet);
  await brought;
}

/** @param {Day[]} days */
function sum(days) {
  return days.reduce((sum, { count }) => sum + count, 0);
}

/**
 * The first of the days with the most.
 * @param {Day[]} days
 */
function top(days) {
  return days.reduce((most, day) => (day.count > most.count ? day : most));
}

/** @param {number} day when it begins, in ms since 1970 */
function nameOf(day) {
  return day <= Date.now() ? words.today : dated(day, { weekday: "short", day: "numeric", month: "long" });
}

/** @param {number} day */
function long(day) {
  return dated(day, { weekday: "long", day: "numeric", month: "long" });
}

/** @param {number} day */
function short(day) {
  return dated(day, { day: "numeric", month: "short" });
}

/** @param {import("./numbers.js").Share} share */
function shared({ had, of }) {
  return of ? say(words.shareOf, { share: percent(had / of), had, of }) : words.none;
}

/**
 * @param {import("./numbers.js").Share} share
 */
function ends(share) {
  const [low, high] = range(share);
  return { low: Math.round(100 * low), high: Math.round(100 * high) };
}

/** @param {number} n */
function tenths(n) {
  return n.toLocaleString(tag, { minimumFractionDigits: 1, maximumFractionDigits: 1 });
}

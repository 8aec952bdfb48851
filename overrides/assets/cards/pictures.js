/*
 * The pictures of the learner's numbers: thin lines, one color, and shapes that tell without it.
 *
 * They are drawn 320 units wide, which is about a phone's width in CSS pixels, and are stretched a little
 * where there is more room; pictures.css has their colors. What stands in a picture is read by nobody who
 * does not see it, so each has a name that tells the gist.
 */
import { say, tag } from "../words/say.js";
import { wordsOf } from "../words/words.js";
import { AHEAD, range } from "./numbers.js";
import { dayStart } from "./time.js";

/** @typedef {import("./numbers.js").Day} Day */
/** @typedef {import("./numbers.js").Month} Month */
/** @typedef {{share: number, kind: string}} Part of a bar; its kind is a class in pictures.css */

const words = wordsOf("pictures");

const WIDTH = 320;
const DAY = 86_400_000; // ms
const COLUMNS = 27; // weeks side by side: a year is two rows of them

/**
 * The next days as bars, from today on, with a number over each peak.
 * @param {Day[]} due
 * @param {string} label
 */
export function dueBars(due, label) {
  const today = dayStart(Date.now());
  const counts = Array(AHEAD).fill(0);
  // Days are not all of one length.
  for (const { day, count } of due) counts[Math.round((day - today) / DAY)] = count;
  const [pitch, foot, most] = [10.6, 106, Math.max(...counts)];
  const middle = (/** @type {number} */ at) => 5 + at * pitch;
  const isPeak = (/** @type {number} */ count, /** @type {number} */ at) =>
    count && counts.every((other, i) => i === at || Math.abs(i - at) > 2 || other < count || (other === count && i > at));
  const bars = counts.flatMap((count, at) => {
    const height = count && Math.max(2, (90 * count) / most);
    const bar = draw("rect", { class: "picture-fill", x: middle(at) - 3.6, y: foot - height, width: 7.2, height });
    return [...(count ? [bar] : []), ...(isPeak(count, at) ? [text(middle(at), foot - height - 4, whole(count))] : [])];
  });
  const ticks = [0, 7, 14, 21, 28].flatMap((at) => {
    const day = new Date(today);
    const name = at ? dated(day.setDate(day.getDate() + at), { day: "numeric", month: "short" }) : words.today;
    return [line(middle(at), foot, middle(at), foot + 3), text(at ? middle(at) : 0, foot + 14, name, at ? "middle" : "start")];
  });
  return canvas(label, 122, line(0, foot, WIDTH, foot), ...bars, ...ticks);
}

/**
 * A year as two rows of weeks, a square a day: the more reviews, the larger.
 * @param {Day[]} year from a Monday on
 * @param {string} label
 */
export function calendar(year, label) {
  const [left, top, pitch, row] = [28, 16, 10.8, 104];
  const most = Math.max(...year.map(({ count }) => count));
  const place = (/** @type {number} */ week) => {
    const [half, column] = [Math.floor(week / COLUMNS), week % COLUMNS];
    return { x: left + column * pitch, y: half * row + top, column };
  };
  const squares = year.map(({ day, count }, at) => {
    const { x, y } = place(Math.floor(at / 7));
    // An area is what the eye compares.
    const side = count ? 3.4 + 6 * Math.sqrt(count / most) : 1.4;
    const [cx, cy] = [x + pitch / 2, y + (at % 7) * pitch + pitch / 2];
    const tip = draw("title", {}, `${dated(day, { weekday: "long", day: "numeric", month: "long" })}: ${whole(count)}`);
    const kind = count ? "picture-fill" : "picture-none";
    return draw("rect", { class: kind, x: cx - side / 2, y: cy - side / 2, width: side, height: side }, tip);
  });
  const mondays = year.filter((_, at) => at % 7 === 0).map(({ day }) => day);
  const month = (/** @type {number} */ week) => dated(mondays[week] ?? 0, { month: "short" });
  const months = mondays.flatMap((_, week) => {
    const { x, y, column } = place(week);
    // The first month of a row has no room for its name where it ends at once.
    const isNamed = column ? column < COLUMNS - 1 && month(week) !== month(week - 1) : month(week) === month(week + 2);
    return isNamed ? [text(x + 1, y - 5, month(week), "start")] : [];
  });
  const rows = mondays.length > COLUMNS ? [0, COLUMNS] : [0];
  const weekdays = rows.flatMap((week) =>
    [0, 2, 4, 6].map((at) => {
      const name = dated(year[at].day, { weekday: "short" });
      return text(left - 5, place(week).y + (at + 0.5) * pitch + 3.5, name, "end");
    }),
  );
  return canvas(label, 2 * row - 8, ...squares, ...months, ...weekdays);
}

/**
 * The share that was remembered, by month: a point with its number, and a line as far as chance alone
 * could have moved it, beside the share that was asked for.
 * @param {Month[]} months
 * @param {number} asked
 * @param {string} label
 */
export function shares(months, asked, label) {
  const lowest = Math.min(asked, ...months.flatMap((month) => (month.of ? range(month)[0] : [])));
  const floor = Math.floor(10 * Math.min(lowest, 0.8)) / 10;
  const [left, right, top, foot, pitch] = [38, 265, 8, 138, 18.9];
  const height = (/** @type {number} */ share) => top + ((1 - share) / (1 - floor)) * (foot - top);
  const percents = [1, floor].map((share) => text(left - 6, height(share) + 3.5, percent(share), "end"));
  const points = months.flatMap((month, at) => {
    const x = left + (at + 0.5) * pitch;
    const name = (months.length - at) % 2 ? [text(x, foot + 28, dated(month.month, { month: "short" }))] : [];
    if (!month.of) return name;
    const [low, high] = range(month);
    const share = month.had / month.of;
    return [
      ...name,
      draw("line", { class: "picture-reach", x1: x, y1: height(low), x2: x, y2: height(high) }),
      draw("circle", { class: "picture-fill", cx: x, cy: height(share), r: 3.6 }),
      // Where the line is short, the point would hide it.
      text(x, Math.max(height(low), height(share) + 4) + 11, `${Math.round(100 * share)}`),
    ];
  });
  return canvas(
    label,
    foot + 34,
    line(left, height(1), right, height(1)),
    line(left, foot, right, foot),
    draw("line", { class: "picture-asked", x1: left, y1: height(asked), x2: right, y2: height(asked) }),
    text(right + 4, height(asked) + 1, percent(asked), "start"),
    text(right + 4, height(asked) + 13, words.asked, "start"),
    ...percents,
    ...points,
  );
}

/**
 * A bar of parts, which are told apart by stripes, not by colors.
 * @param {Part[]} parts
 * @param {string} label
 * @param {number} height
 */
export function bar(parts, label, height) {
  let from = 0.5;
  const drawn = parts.flatMap(({ share, kind }) => {
    const width = share * (WIDTH - 1);
    const part = draw("rect", { class: `picture-${kind}`, x: from, y: 0.5, width, height: height - 1 });
    const stripes = draw("line", { class: `picture-${kind}-stripes`, x1: from, y1: height / 2, x2: from + width, y2: height / 2 });
    from += width;
    return [part, stripes];
  });
  return canvas(label, height, ...drawn);
}

/**
 * @param {string} label
 * @param {number} height
 * @param {...SVGElement} children
 */
function canvas(label, height, ...children) {
  return draw("svg", { class: "picture", role: "img", "aria-label": label, viewBox: `0 0 ${WIDTH} ${height}` }, ...children);
}

/**
 * @param {number} x1
 * @param {number} y1
 * @param {number} x2
 * @param {number} y2
 */
function line(x1, y1, x2, y2) {
  return draw("line", { class: "picture-axis", x1, y1, x2, y2 });
}

/**
 * @param {number} x
 * @param {number} y
 * @param {string} said
 * @param {"start" | "middle" | "end"} anchor
 */
function text(x, y, said, anchor = "middle") {
  return draw("text", { x, y, "text-anchor": anchor }, said);
}

/**
 * @param {string} tag
 * @param {Record<string, string | number>} attributes
 * @param {...(Node | string)} children
 */
function draw(tag, attributes, ...children) {
  const element = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const name in attributes) {
    const value = attributes[name];
    // A tenth of a unit is less than can be seen.
    element.setAttribute(name, typeof value === "number" ? `${Math.round(10 * value) / 10}` : value);
  }
  element.append(...children);
  return /** @type {SVGElement} */ (element);
}

/**
 * A day, as the language of the words writes it.
 * @param {number} day in ms since 1970
 * @param {Intl.DateTimeFormatOptions} parts
 */
export function dated(day, parts) {
  return new Intl.DateTimeFormat(tag, parts).format(day);
}

/** @param {number} share */
export function percent(share) {
  return say(words.percent, { n: Math.round(100 * share) });
}

/** @param {number} n */
export function whole(n) {
  return n.toLocaleString(tag);
}

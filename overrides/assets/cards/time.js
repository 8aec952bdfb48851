/**
 * When the learner's day of a moment began, in ms since 1970: at four in the morning, local time,
 * so that who studies past midnight is still in the same day.
 * @param {number} at
 */
export function dayStart(at) {
  const day = new Date(at);
  if (day.getHours() < 4) day.setDate(day.getDate() - 1);
  return day.setHours(4, 0, 0, 0);
}

/**
 * When the learner's day of a moment ends, in ms since 1970.
 * @param {number} at
 */
export function dayEnd(at) {
  const day = new Date(dayStart(at));
  return day.setDate(day.getDate() + 1);
}

/**
 * Sorts events: by their time, and by their id where that is the same, so that every device has one order.
 * @param {{at: number, id: string}} a
 * @param {{at: number, id: string}} b
 */
export function inOrder(a, b) {
  return a.at - b.at || (a.id < b.id ? -1 : 1);
}

const [MINUTE, HOUR, DAY] = [60_000, 3_600_000, 86_400_000];

/** @type {[most: number, length: number, short: string, long: string][]} */
const UNITS = [
  [60, MINUTE, "min", "minute"],
  [24, HOUR, "h", "hour"],
  [60, DAY, "d", "day"],
  [24, 30.44 * DAY, "mo", "month"],
  [Infinity, 365.25 * DAY, "y", "year"],
];

/**
 * A length of time in whole units, short for the eye and long for the ear: "4 d", "4 days".
 * @param {number} ms
 */
export function interval(ms) {
  for (const [most, length, short, long] of UNITS) {
    const n = Math.round(Math.max(ms, MINUTE) / length);
    if (n < most) return { short: `${n} ${short}`, long: `${n} ${long}${n === 1 ? "" : "s"}` };
  }
  throw new RangeError(`No interval: ${ms}`);
}

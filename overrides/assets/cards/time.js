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

/** What the elements say after the first turn. */
export const words = {
  undo: "Undo",
  undone: "Taken back.",
  comesBack: (/** @type {string} */ time) => `Asked again in ${time}`,

  onceMore: (/** @type {number} */ n) => (n === 1 ? "Once more the one you missed" : `Once more the ${n} you missed`),
  all: (/** @type {number} */ n) => (n === 1 ? "Start over" : `Start over with all ${n}`),
  toReadAgain: "Missed, to read again:",
  shuffled: "Shuffled.",
  /** One line on how a round went. */
  done: (/** @type {number} */ got, /** @type {number} */ missed, /** @type {number} */ open) =>
    [
      got || missed ? `You had ${got} of ${got + missed}.` : "That was the last card.",
      open && (got || missed) ? `${open} skipped.` : "",
    ]
      .filter(Boolean)
      .join(" "),

  /** What a session still has. */
  today: (/** @type {number} */ due, /** @type {number} */ fresh) =>
    due
      ? `You have ${due} ${due === 1 ? "card" : "cards"} due${fresh ? ` and ${fresh} new` : ""} today.`
      : `You have ${fresh} new ${fresh === 1 ? "card" : "cards"} today.`,
  beyond: (/** @type {number} */ n) => `${n} more ${n === 1 ? "card" : "cards"}, ahead of time.`,
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
  onlyThese: "The other cards cannot be fetched now. The session goes on with those that are here.",

  kept: "Your answers are kept in this browser alone.",
  notKept: "Your answers are no longer kept.",
  turnOff: "Turn that off",
  turnOn: "Turn that on",
  /**
   * Why answers last no longer than the page, by the record's word for it.
   * @type {Record<string, string>}
   */
  cannotKeep: {
    denied: "This browser lets the page keep nothing, so your answers last until you close it.",
    full: "This browser has no room left, so your answers last until you close the page.",
    late: "This browser does not answer, so your answers may last only until you close the page.",
  },

  leech: (/** @type {number} */ lapses) => `Forgotten ${lapses} times. It may help to `,
  readEntry: "read its entry",
  revised: "The meaning of this card has changed since you learned it.",
  afresh: "Start this card afresh",
  isAfresh: "This card starts afresh.",

  /** @type {Record<string, string>} */
  actions: {
    bury: "Set aside until tomorrow",
    suspend: "Do not ask again",
    resume: "Ask this card again",
  },
  isAside: {
    bury: (/** @type {string} */ term) => `“${term}” is set aside until tomorrow.`,
    suspend: (/** @type {string} */ term) => `“${term}” will not be asked again.`,
  },
  isAsked: (/** @type {string} */ term) => `“${term}” is asked again.`,

  more: "More",
  keep: "Keep my answers in this browser",
  useKeys: "Use the keys for 1 to 4, U, S and ?",
  close: "Close",
  keys: [
    ["Space, Enter", "Turn the card"],
    ["1, 2, 3, 4", "Again, Hard, Good, Easy"],
    ["U", "Undo the last grade"],
    ["S", "Shuffle"],
    ["← →", "Previous, next card"],
    ["?", "This list"],
  ],
};

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

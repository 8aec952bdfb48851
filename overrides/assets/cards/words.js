/** What the elements say, in one place. */
export const words = {
  turn: "Turn",
  turnBack: "Turn back",
  missed: "Missed it",
  got: "Got it",
  previous: "Previous",
  next: "Next",
  finish: "Finish",
  shuffle: "Shuffle",
  restart: "Restart",
  again: (/** @type {number} */ n) => (n === 1 ? "Once more the one you missed" : `Once more the ${n} you missed`),
  all: (/** @type {number} */ n) => (n === 1 ? "Start over" : `Start over with all ${n}`),
  place: (/** @type {number} */ at, /** @type {number} */ of) => `${at} of ${of}`,
  answer: (/** @type {string} */ text) => `Answer: ${text}`,
  asks: (/** @type {string} */ place, /** @type {string} */ text) => `${place}. ${text}`,
  canTurn: "Turn the card for the answer.",
  shuffled: "Shuffled.",
  /** One line on how a round went. */
  done: (/** @type {number} */ got, /** @type {number} */ missed, /** @type {number} */ open) =>
    [
      got || missed ? `You had ${got} of ${got + missed}.` : "That was the last card.",
      open && (got || missed) ? `${open} left without an answer from you.` : "",
    ]
      .filter(Boolean)
      .join(" "),
  toReadAgain: "Missed, to read again:",
};

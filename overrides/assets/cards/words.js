/**
 * What the elements say, in one place.
 *
 * @type {{
 *   turn: string, turnBack: string, missed: string, got: string, previous: string, next: string,
 *   finish: string, shuffle: string, restart: string, canTurn: string, shuffled: string,
 *   toReadAgain: string,
 *   again: (n: number) => string, all: (n: number) => string,
 *   place: (at: number, of: number) => string, answer: (text: string) => string,
 *   asks: (place: string, text: string) => string,
 *   done: (got: number, missed: number, open: number) => string,
 * }}
 */
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
  again: (n) => (n === 1 ? "Once more the one you missed" : `Once more the ${n} you missed`),
  all: (n) => (n === 1 ? "Start over" : `Start over with all ${n}`),
  place: (at, of) => `${at} of ${of}`,
  answer: (text) => `Answer: ${text}`,
  asks: (place, text) => `${place}. ${text}`,
  canTurn: "Turn the card for the answer.",
  shuffled: "Shuffled.",
  /** One line on how a round went. */
  done: (got, missed, open) =>
    [
      got || missed ? `You had ${got} of ${got + missed}.` : "That was the last card.",
      open && (got || missed) ? `${open} skipped.` : "",
    ]
      .filter(Boolean)
      .join(" "),
  toReadAgain: "Missed, to read again:",
};

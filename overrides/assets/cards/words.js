/**
 * What the elements say before the first turn. What they say after it stands where it is said.
 *
 * @type {{
 *   turn: string, turnBack: string, undo: string, more: string, grades: Record<string, string>,
 *   previous: string, next: string, finish: string, shuffle: string, restart: string,
 *   canTurn: string, notFetched: string,
 *   place: (at: number, of: number) => string, answer: (text: string) => string,
 *   asks: (place: string, text: string) => string,
 * }}
 */
export const words = {
  turn: "Turn",
  turnBack: "Turn back",
  undo: "Undo",
  more: "More",
  grades: { again: "Again", hard: "Hard", good: "Good", easy: "Easy" },
  previous: "Previous",
  next: "Next",
  finish: "Finish",
  shuffle: "Shuffle",
  restart: "Restart",
  place: (at, of) => `${at} of ${of}`,
  answer: (text) => `Answer: ${text}`,
  asks: (place, text) => `${place}. ${text}`,
  canTurn: "Turn the card for the answer.",
  notFetched: "This cannot be fetched now. Try again when you are online.",
};

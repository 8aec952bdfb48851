import { say } from "../words/say.js";
import { wordsOf } from "../words/words.js";

/** What the elements say before the first turn. What they say after it stands where it is said. */
export const words = wordsOf("deck");

/**
 * What is asked, as it is heard.
 * @param {string} place in the round
 * @param {string} text
 */
export function asks(place, text) {
  return say(words.asks, { place, text });
}

import { wordsOf } from "../words/words.js";

const words = wordsOf("cannotKeep");

/** Said where what is stored cannot be read. */
export const NOT_HANDED_OUT = words.notHandedOut;

/** @type {Record<string, string>} */
const reasons = words;

/**
 * Says why answers may last no longer than the page.
 * @param {string} why the record's word for it
 */
export function cannotKeep(why) {
  return reasons[why] ?? words.denied;
}

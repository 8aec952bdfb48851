/*
 * Says words of the interface: with what belongs in their places, in the plural that the number asks
 * for, and as their language writes numbers, lists and times.
 */
import { wordsOf } from "./words.js";

/** @typedef {string | {other: string, [category: string]: string}} Text `{n}` chooses among forms */

/** The language of the words. */
export const { tag } = wordsOf("language");
const plurals = new Intl.PluralRules(tag);

/**
 * A text with what belongs in its places.
 * @param {Text} text
 * @param {Record<string, string | number>} values
 */
export function say(text, values) {
  const form = typeof text === "string" ? text : (text[plurals.select(Number(values.n))] ?? text.other);
  return form.replace(/\{(\w+)\}/g, (place, name) => values[name]?.toLocaleString(tag) ?? place);
}

/**
 * Texts as one list: "one, two, and three".
 * @param {string[]} texts
 */
export function listed(texts) {
  return new Intl.ListFormat(tag).format(texts);
}

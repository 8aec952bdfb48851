/** @type {Record<string, string>} */
const words = {
  denied: "This browser does not let the page keep a record, so your answers may last only until you close it.",
  full: "This browser has no room left, so your answers may last only until you close the page.",
  late: "This browser does not answer, so your answers may last only until you close the page.",
};

/** Said where what is stored cannot be read. */
export const NOT_HANDED_OUT = "The browser does not hand out your record now. Reload the page, then try again.";

/**
 * Says why answers may last no longer than the page.
 * @param {string} why the record's word for it
 */
export function cannotKeep(why) {
  return words[why] ?? words.denied;
}

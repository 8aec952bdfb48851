/** @type {Record<string, string>} */
const words = {
  denied: "This browser does not let the page keep a record, so your answers may last only until you close it.",
  full: "This browser has no room left, so your answers may last only until you close the page.",
  late: "This browser does not answer, so your answers may last only until you close the page.",
};

/**
 * Says why answers may last no longer than the page.
 * @param {string} why the record's word for it
 */
export function cannotKeep(why) {
  return words[why] ?? words.denied;
}

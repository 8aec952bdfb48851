/**
 * Hands the keys that are pressed inside a host to what takes them, to press buttons with.
 *
 * Writing fields, players, modifiers and composition keep their keys, and so does a button or
 * link that has the focus and answers to Space or Enter itself.
 *
 * @param {HTMLElement} host
 * @param {(key: string) => boolean} take tells whether it had a use for the key
 * @param {AbortSignal} signal ends the listening
 */
export function listenToKeys(host, take, signal) {
  const pressed = (/** @type {KeyboardEvent} */ event) => {
    if (keepsItsKeys(event) || !take(event.key)) return;
    event.preventDefault();
    // The theme has keys of its own, such as S for its search.
    event.stopPropagation();
  };
  host.addEventListener("keydown", pressed, { signal });
}

/**
 * Clicks the first button that can be seen, and tells whether there is one.
 * @param {HTMLElement} host
 * @param {string} selector
 */
export function pressButton(host, selector) {
  for (const button of host.querySelectorAll(selector))
    if (button instanceof HTMLElement && button.checkVisibility({ visibilityProperty: true })) {
      button.click();
      return true;
    }
  return false;
}

/** @param {KeyboardEvent} event */
function keepsItsKeys(event) {
  if (event.defaultPrevented || event.isComposing) return true;
  if (event.ctrlKey || event.metaKey || event.altKey) return true;
  // Some keyboards have the question mark and the digits with Shift.
  if (event.shiftKey && !/^[?\d]$/.test(event.key)) return true;
  const target = /** @type {Element} */ (event.target);
  if (target.closest("input, textarea, select, audio, video, [contenteditable]")) return true;
  return (event.key === " " || event.key === "Enter") && target.closest("a, button, summary") !== null;
}

/**
 * Lets keys press buttons: a key finds its visible button inside the host and clicks it.
 *
 * Writing fields, players, modifiers and composition keep their keys, and so does a button or
 * link that has the focus and answers to Space or Enter itself.
 *
 * @param {HTMLElement} host
 * @param {(key: string) => string | undefined} selector the button's selector for a key
 * @param {AbortSignal} signal ends the listening
 */
export function keysPressButtons(host, selector, signal) {
  const pressed = (/** @type {KeyboardEvent} */ event) => {
    const found = keepsItsKeys(event) ? undefined : selector(event.key);
    if (found && pressButton(host, found)) event.preventDefault();
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

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
  host.addEventListener("keydown", (event) => press(host, selector, event), { signal });
}

const KEEPS_ITS_KEYS = "input, textarea, select, audio, video, [contenteditable]";

/**
 * @param {HTMLElement} host
 * @param {(key: string) => string | undefined} selector
 * @param {KeyboardEvent} event
 */
function press(host, selector, event) {
  if (event.defaultPrevented || event.isComposing) return;
  if (event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return;
  const target = /** @type {Element} */ (event.target);
  if (target.closest(KEEPS_ITS_KEYS)) return;
  if ((event.key === " " || event.key === "Enter") && target.closest("a, button, summary")) return;
  const found = selector(event.key);
  if (!found) return;
  const button = [...host.querySelectorAll(found)].find((each) => each.checkVisibility());
  if (!(button instanceof HTMLElement)) return;
  event.preventDefault();
  button.click();
}

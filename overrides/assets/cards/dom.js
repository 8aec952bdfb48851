/**
 * Makes an element with attributes and children.
 * @template {keyof HTMLElementTagNameMap} T
 * @param {T} tag
 * @param {Record<string, string>} [attributes]
 * @param {...(Node | string)} children
 * @returns {HTMLElementTagNameMap[T]}
 */
export function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const name in attributes) element.setAttribute(name, attributes[name]);
  element.append(...children);
  return element;
}

/**
 * Makes a button that says what it does.
 * @param {Record<string, string>} attributes such as `{"data-do": "flip"}`
 * @param {...(Node | string)} label
 */
export function button(attributes, ...label) {
  return make("button", { type: "button", ...attributes }, ...label);
}

/** Makes the line through which a screen reader hears what has changed. */
export function liveLine() {
  return make("p", { class: "flash-live", "aria-live": "polite" });
}

/**
 * The text of an element as one line, as it would be read aloud.
 * @param {Element} element
 */
export function spoken(element) {
  return (element.textContent ?? "").replace(/[ \n\t]+/g, " ").trim();
}

/**
 * Whether an element has more to show at its side.
 * @param {Element} element
 */
export function isWide(element) {
  return element.scrollWidth > element.clientWidth + 1;
}

/**
 * Scrolls an element's head into sight where it is above the window or under the theme's head.
 * @param {Element} element
 */
export function showHead(element) {
  const room = parseFloat(getComputedStyle(element).scrollMarginTop);
  if (element.getBoundingClientRect().top < room) element.scrollIntoView({ block: "start" });
}

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
  let held = "";
  const pressed = (/** @type {KeyboardEvent} */ event) => {
    // Who holds a key presses its button once.
    if (keepsItsKeys(event) || (event.repeat ? event.key !== held : !take(event.key))) return;
    held = event.key;
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

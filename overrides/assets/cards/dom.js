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
  return (element.textContent ?? "").replace(/\s+/g, " ").trim();
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

/*
 * <glossary-index>: the list from A to Z, with a box that narrows it.
 *
 * It looks at terms and aliases, whatever their case and accents. An address such as
 * glossary/#lora leads on to the entry, whatever page that stands on.
 */

import { say } from "./words/say.js";
import { wordsOf } from "./words/words.js";

const words = wordsOf("index");

export class GlossaryIndex extends HTMLElement {
  /** @type {AbortController | undefined} */
  #listening;

  connectedCallback() {
    if (!this.querySelector("input")) this.prepend(...controls());
    this.#listening = new AbortController();
    const { signal } = this.#listening;
    const input = /** @type {HTMLInputElement} */ (this.querySelector("input"));
    input.addEventListener("input", () => this.#narrow(input.value), { signal });
    addEventListener("hashchange", () => this.#leadOn(), { signal });
    this.#leadOn();
  }

  disconnectedCallback() {
    this.#listening?.abort();
  }

  /** @param {string} wanted */
  #narrow(wanted) {
    const parts = folded(wanted).split(/\s+/).filter(Boolean);
    let found = 0;
    for (const section of this.querySelectorAll("section")) {
      let here = 0;
      for (const item of section.querySelectorAll("li")) {
        const names = folded([...item.querySelectorAll("bdi")].map((name) => name.textContent).join(" "));
        item.hidden = !parts.every((part) => names.includes(part));
        if (!item.hidden) here++;
      }
      section.hidden = !here;
      found += here;
    }
    const status = /** @type {HTMLElement} */ (this.querySelector("[role=status]"));
    status.textContent = !parts.length ? "" : found ? say(words.found, { n: found }) : say(words.nothing, { wanted: wanted.trim() });
  }

  #leadOn() {
    const id = decodeURIComponent(location.hash.slice(1));
    const link = id && this.querySelector(`li[data-card="${CSS.escape(id)}"] a`);
    if (link instanceof HTMLAnchorElement) location.replace(link.href);
  }
}

function controls() {
  const label = document.createElement("label");
  const input = document.createElement("input");
  input.type = "search";
  input.autocomplete = "off";
  label.append(`${words.find} `, input);
  const status = document.createElement("p");
  status.setAttribute("role", "status");
  return [label, status];
}

/** @param {string} text */
function folded(text) {
  return text
    .normalize("NFKD")
    .replace(/\p{M}/gu, "")
    .toLowerCase();
}

if (!customElements.get("glossary-index")) customElements.define("glossary-index", GlossaryIndex);

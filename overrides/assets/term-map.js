/*
 * <term-map>: the list of all terms with the lines between them. One asks it for the shortest way to a
 * term, which an address such as map/?to=lora asks for too; and the lines of a term stand out while one
 * points at it or is on one of its links, else those of the way.
 */

import { make } from "./cards/dom.js";
import { shown } from "./loader.js";
import { wayTo } from "./map-way.js";
import { say } from "./words/say.js";
import { wordsOf } from "./words/words.js";

const words = wordsOf("map");

export class TermMap extends HTMLElement {
  /** @type {AbortController | undefined} */
  #listening;
  /** @type {HTMLElement[]} */
  #rows = [];
  /** @type {number[][]} by the place of a term those that it hangs together with */
  #together = [];
  /** @type {number[]} */
  #way = [];

  connectedCallback() {
    this.#rows = [...this.querySelectorAll("li[data-card]")].filter((row) => row instanceof HTMLElement);
    const places = new Map(this.#rows.map((row, at) => [row.dataset.card, at]));
    this.#together = this.#rows.map((row) =>
      linksIn(row, ".map-with a").map(({ hash }) => /** @type {number} */ (places.get(hash.slice(1)))),
    );
    if (!this.querySelector("select")) this.prepend(...this.#controls());
    this.#listening = new AbortController();
    const { signal } = this.#listening;
    const select = this.#select;
    select.addEventListener("change", () => this.#choose(), { signal });
    document.addEventListener("card-marks:shown", () => this.#show(), { signal });
    for (const event of ["pointerover", "focusin"])
      this.addEventListener(event, ({ target }) => this.#light(/** @type {Element} */ (target)), { signal });
    for (const event of ["pointerleave", "focusout"]) this.addEventListener(event, () => this.#light(), { signal });
    select.value = new URLSearchParams(location.search).get("to") ?? "";
    if (select.selectedIndex < 0) select.value = "";
    // What is known may be on its way, and what the way starts from with it.
    shown.then(() => this.#show());
  }

  disconnectedCallback() {
    this.#listening?.abort();
  }

  get #select() {
    return /** @type {HTMLSelectElement} */ (this.querySelector("select"));
  }

  #choose() {
    const { value } = this.#select;
    history.replaceState(history.state, "", value ? `?to=${value}` : location.pathname);
    this.#show();
  }

  /** Shows the way to the term that is chosen. */
  #show() {
    const to = this.#rows.findIndex((row) => row.dataset.card === this.#select.value);
    const terms = this.#rows.map((row, at) => ({
      earlier: this.#together[at].filter((other) => other < at),
      known: row.querySelector("[data-stage=known], [data-stage=due]") !== null,
    }));
    this.#way = to < 0 ? [] : wayTo(terms, to);
    const fromKnown = terms[this.#way[0]]?.known ?? false;
    const [status, list] = this.querySelectorAll(":scope > [role=status], :scope > .map-way");
    status.textContent = to < 0 ? "" : this.#sentence(fromKnown, linksIn(this.#rows[to])[0].textContent ?? "");
    // What one knows is where one stands, before the first step.
    /** @type {HTMLOListElement} */ (list).start = fromKnown ? 0 : 1;
    list.replaceChildren(...this.#way.map((at) => this.#step(this.#rows[at])));
    this.#light();
  }

  /**
   * @param {boolean} fromKnown
   * @param {string} term
   */
  #sentence(fromKnown, term) {
    const steps = this.#way.length - 1;
    if (!fromKnown) return say(words.fromBeginning, { n: steps + 1, term });
    return steps ? say(words.fromKnown, { n: steps, term }) : say(words.isKnown, { term });
  }

  /** @param {HTMLElement} row */
  #step(row) {
    const mark = row.querySelector(".card-mark");
    return make("li", {}, linksIn(row)[0].cloneNode(true), ...(mark ? [" ", mark.cloneNode(true)] : []));
  }

  /**
   * Lets the lines of the row that an element stands in stand out, and those of no row those of the way.
   * @param {Element} [element]
   */
  #light(element) {
    const at = this.#rows.findIndex((row) => row.contains(element ?? null));
    const pairs =
      at < 0
        ? this.#way.slice(1).map((later, step) => [this.#way[step], later])
        : this.#together[at].map((other) => [Math.min(at, other), Math.max(at, other)]);
    for (const lit of this.querySelectorAll(".map-lit")) lit.classList.remove("map-lit");
    for (const each of at < 0 ? this.#way : [at, ...this.#together[at]]) this.#rows[each].classList.add("map-lit");
    for (const [earlier, later] of pairs) this.#lightLine(this.#rows[earlier].dataset.card, this.#rows[later].dataset.card);
  }

  /**
   * @param {string | undefined} from
   * @param {string | undefined} to
   */
  #lightLine(from, to) {
    const line = `path[data-from="${from}"]`;
    const end = this.querySelector(`${line}[data-to="${to}"]`);
    // Its pieces stand in the order in which it goes down; past its end it may go on to others.
    for (const piece of this.querySelectorAll(`${line}:not([data-to])`)) {
      if (!end || piece.parentNode === end.parentNode) break;
      piece.classList.add("map-lit");
    }
    end?.classList.add("map-lit");
  }

  #controls() {
    const groups = [...this.querySelectorAll("section")].map((section) =>
      make(
        "optgroup",
        { label: section.querySelector("h2")?.textContent ?? "" },
        ...[...section.querySelectorAll("li")].map((row) =>
          make("option", { value: row.dataset.card ?? "" }, linksIn(row)[0].textContent ?? ""),
        ),
      ),
    );
    const select = make("select", {}, make("option", { value: "" }, words.choose), ...groups);
    return [make("label", {}, `${words.want} `, select), make("p", { role: "status" }), make("ol", { class: "map-way" })];
  }
}

/**
 * @param {Element} host
 * @param {string} [selector]
 */
function linksIn(host, selector = "a") {
  return /** @type {HTMLAnchorElement[]} */ ([...host.querySelectorAll(selector)]);
}

if (!customElements.get("term-map")) customElements.define("term-map", TermMap);

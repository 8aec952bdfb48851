/*
 * <flash-card data-card="ID">: one card, made from the <details> that it holds.
 *
 * Alone it brings its own button; in a <flash-deck> the deck has the buttons. `data-side` is
 * "front" or "back". Each turn sends `flash-card:flip` with {card, side}.
 */
import { say } from "../words/say.js";
import { button, isWide, listenToKeys, liveLine, make, pressButton, spoken } from "./dom.js";
import { words } from "./words.js";

export class FlashCard extends HTMLElement {
  /** @type {AbortController | undefined} */
  #listening;

  connectedCallback() {
    // In a deck a card is made when it is shown: of a long deck most never are.
    if (!this.closest("flash-deck")) this.build();
    else if (this.dataset.side) this.#listen();
  }

  #listen() {
    this.#listening?.abort();
    this.#listening = new AbortController();
    const { signal } = this.#listening;
    this.#sheet.addEventListener("click", (event) => this.#clicked(event), { signal });
    if (!this.#flip) return;
    this.#flip.addEventListener("click", () => this.turn(), { signal });
    const turn = (/** @type {string} */ key) => (key === " " || key === "Enter") && pressButton(this, "[data-do=flip]");
    listenToKeys(this, turn, signal);
  }

  disconnectedCallback() {
    this.#listening?.abort();
  }

  get side() {
    return this.dataset.side === "back" ? "back" : "front";
  }

  /** The term that the card is about. */
  get term() {
    return this.querySelector(".flash-entry bdi")?.textContent ?? "";
  }

  /** The question, as it would be read aloud. */
  get question() {
    return spoken(this.#text("front"));
  }

  /** The answer, as it would be read aloud. */
  get answer() {
    return spoken(this.#text("back"));
  }

  /**
   * Shows a side, by default the other one.
   * @param {"front" | "back"} to
   */
  turn(to = this.side === "front" ? "back" : "front") {
    if (to === this.side) return;
    this.#show(to);
    // Fetched now, since who does not turn a card needs none of it.
    if (this.querySelector(".flash-links:empty")) import("./links.js").then(({ link }) => link(this), () => {});
    const live = this.querySelector(":scope > .flash-live");
    if (live) live.textContent = to === "back" ? say(words.answer, { text: this.answer }) : this.question;
    this.dispatchEvent(
      new CustomEvent("flash-card:flip", { bubbles: true, detail: { card: this.dataset.card, side: to } }),
    );
  }

  /** Lays the card face up without telling anybody. */
  lay() {
    this.#show("front");
  }

  get #sheet() {
    return /** @type {HTMLElement} */ (this.querySelector(".flash-sheet"));
  }

  get #flip() {
    return /** @type {HTMLButtonElement | null} */ (this.querySelector("[data-do=flip]"));
  }

  /** @param {"front" | "back"} side */
  #text(side) {
    return /** @type {HTMLElement} */ (this.querySelector(`.flash-${side} .flash-text`));
  }

  /** Whether there is a <details> to make a card from, or a card already. */
  get whole() {
    return this.dataset.side !== undefined || this.querySelector("summary ~ .flash-answer") !== null;
  }

  /** Makes the two sides from the <details>, once, and listens. */
  build() {
    if (!this.dataset.side) this.#make();
    if (this.dataset.side) this.#listen();
  }

  #make() {
    const details = this.querySelector("details");
    const summary = details?.querySelector("summary");
    const answer = details?.querySelector(".flash-answer");
    const entry = details?.querySelector(".flash-entry");
    if (!details || !summary || !answer) return;
    const front = make("div", { class: "flash-text" }, ...summary.childNodes);
    const back = make("div", { class: "flash-text" }, ...answer.childNodes);
    copyLanguage(summary, front);
    copyLanguage(answer, back);
    this.setAttribute("role", "group");
    this.setAttribute("aria-label", spoken(front));
    details.replaceWith(
      make(
        "div",
        { class: "flash-sheet" },
        make("div", { class: "flash-face flash-front" }, head(this.dataset.topic), front),
        make("div", { class: "flash-face flash-back" }, head(this.term), back, ...(entry ? [entry] : [])),
      ),
    );
    if (!this.closest("flash-deck")) {
      const flip = button({ "data-do": "flip", "aria-description": words.canTurn }, words.turn);
      this.append(make("div", { class: "flash-buttons" }, flip), liveLine());
    }
    this.#show("front");
    for (const text of [front, back]) wideTexts.observe(text);
  }

  /** @param {"front" | "back"} side */
  #show(side) {
    this.dataset.side = side;
    for (const face of this.querySelectorAll(".flash-face"))
      face.toggleAttribute("inert", !face.classList.contains(`flash-${side}`));
    if (this.#flip) labelFlip(this.#flip, side);
  }

  /** @param {MouseEvent} event */
  #clicked(event) {
    const target = /** @type {Element} */ (event.target);
    const selecting = !(getSelection()?.isCollapsed ?? true);
    if (selecting || target.closest("a, button, audio, pre, table")) return;
    this.turn();
    const flip = this.#flip ?? this.closest("flash-deck")?.querySelector("[data-do=flip]");
    // So that the keys work after a click, without a ring that nobody asked for.
    if (flip instanceof HTMLElement)
      flip.focus(/** @type {FocusOptions} */ ({ preventScroll: true, focusVisible: false }));
  }
}

/*
 * Gives a text that is wider than its card, such as one with a long formula, to the finger to
 * scroll. What a finger may do is settled as it comes down, so this is kept up to date.
 */
const wideTexts = new ResizeObserver((changes) => {
  for (const { target } of changes)
    if (target instanceof HTMLElement) target.style.touchAction = isWide(target) ? "auto" : "";
});

/**
 * Names a button for what it does next.
 * @param {HTMLElement} flip
 * @param {"front" | "back"} side the side that shows
 */
export function labelFlip(flip, side) {
  flip.textContent = side === "front" ? words.turn : words.turnBack;
  if (side === "front") flip.setAttribute("aria-description", words.canTurn);
  else flip.removeAttribute("aria-description");
}

/** @param {string | undefined} title */
function head(title = "") {
  return make(
    "div",
    { class: "flash-head" },
    make("bdi", {}, title),
    make("span", { class: "flash-place" }),
  );
}

/**
 * @param {Element} from
 * @param {Element} to
 */
function copyLanguage(from, to) {
  for (const name of ["dir", "lang"]) {
    const value = from.getAttribute(name);
    if (value) to.setAttribute(name, value);
  }
}

if (!customElements.get("flash-card")) customElements.define("flash-card", FlashCard);

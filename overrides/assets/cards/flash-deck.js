/*
 * <flash-deck mode="flip">: a stack of <flash-card>, one at a time, with its buttons.
 *
 * Sends `flash-card:grade` from the card that was graded, with {kind, card, grade, mode, revision, at},
 * and `flash-deck:done` at the end of a round with {got, missed}, lists of card ids.
 */
import { button, liveLine, make, showHead } from "./dom.js";
import { FlashCard, labelFlip } from "./flash-card.js";
import { keysPressButtons } from "./keyboard.js";
import { words } from "./words.js";

/** @typedef {"again" | "good"} Grade */

export class FlashDeck extends HTMLElement {
  /** @type {AbortController | undefined} */
  #listening;
  /** @type {FlashCard[]} every card, in the order of the page */
  #all = [];
  /** @type {FlashCard[]} the cards of this round, in its order */
  #round = [];
  /** @type {Map<FlashCard, Grade>} */
  #grades = new Map();
  #at = 0;

  connectedCallback() {
    if (!this.#all.length) this.#build();
    if (!this.#all.length) return;
    this.#listening = new AbortController();
    const { signal } = this.#listening;
    this.addEventListener("click", (event) => this.#clicked(event), { signal });
    this.addEventListener("flash-card:flip", (event) => this.#turned(event), { signal });
    // Printed, every card is there with both its sides.
    const printing = matchMedia("print");
    const whole = () => printing.matches && this.#all.forEach((card) => card.build());
    printing.addEventListener("change", whole, { signal });
    keysPressButtons(this, (key) => this.#keys(key), signal);
    this.#awaitFinger(signal);
  }

  disconnectedCallback() {
    this.#listening?.abort();
  }

  /**
   * Swiping is fetched at the first touch, which it then follows: who has a mouse needs none of it.
   * @param {AbortSignal} signal
   */
  #awaitFinger(signal) {
    const touched = async (/** @type {PointerEvent} */ event) => {
      if (event.pointerType !== "touch") return;
      this.removeEventListener("pointerdown", touched);
      const { swipePressesButtons } = await import("./swipe.js");
      if (!signal.aborted) swipePressesButtons(this, signal, event);
    };
    this.addEventListener("pointerdown", touched, { signal });
  }

  get #card() {
    return this.#round[this.#at];
  }

  #build() {
    // In a page that instant navigation brings, the deck comes to life before its cards do.
    customElements.upgrade(this);
    for (const card of this.querySelectorAll("flash-card"))
      if (card instanceof FlashCard && card.whole) this.#all.push(card);
    if (!this.#all.length) return;
    this.setAttribute("role", "group");
    this.setAttribute("aria-label", this.dataset.label ?? "");
    this.append(
      make("progress", { class: "flash-bar", "aria-hidden": "true" }),
      make(
        "div",
        { class: "flash-buttons" },
        button({ "data-grade": "again" }, words.missed),
        button({ "data-do": "flip" }, words.turn),
        button({ "data-grade": "good" }, words.got),
      ),
      make(
        "div",
        { class: "flash-steps" },
        button({ "data-do": "previous" }, words.previous),
        button({ "data-do": "shuffle" }, words.shuffle),
        button({ "data-do": "restart" }, words.restart),
        button({ "data-do": "next" }, words.next),
      ),
      make("div", { class: "flash-summary", hidden: "" }),
      liveLine(),
    );
    this.toggleAttribute("data-alone", this.#all.length === 1);
    this.#start(this.#all);
  }

  /**
   * Begins a round.
   * @param {FlashCard[]} cards
   */
  #start(cards) {
    this.#round = [...cards];
    this.#grades.clear();
    this.#summary.hidden = true;
    this.#show(0);
  }

  /** @param {number} at */
  #show(at) {
    this.#at = at;
    const place = words.place(at + 1, this.#round.length);
    for (const card of this.#all) card.hidden = card !== this.#card;
    this.#card.build();
    this.#card.lay(place);
    const bar = /** @type {HTMLProgressElement} */ (this.querySelector(".flash-bar"));
    bar.max = this.#round.length;
    bar.value = at + 1;
    this.#button("next").textContent = at === this.#round.length - 1 ? words.finish : words.next;
    this.#button("previous").setAttribute("aria-disabled", String(at === 0));
    this.dataset.state = "asking";
    labelFlip(this.#button("flip"), "front");
  }

  /**
   * Shows a card because the reader asked for it: it is announced, and the focus stays in the deck.
   * @param {number} at
   * @param {string} [before] what to say first
   */
  #go(at, before = "") {
    this.#show(at);
    const place = words.place(at + 1, this.#round.length);
    this.#say(`${before} ${words.asks(place, this.#card.question)} ${words.canTurn}`.trim());
    // The card before may have been so tall that this one's head is above the window.
    showHead(this.#card);
    const focused = document.activeElement;
    const lost = !focused || !this.contains(focused) || !focused.checkVisibility({ visibilityProperty: true });
    if (lost) this.#button("flip").focus({ preventScroll: true });
  }

  /** @param {Event} event */
  #turned(event) {
    if (event.target !== this.#card) return;
    const { side } = this.#card;
    this.dataset.state = side === "back" ? "answered" : "asking";
    labelFlip(this.#button("flip"), side);
    this.#say(side === "back" ? words.answer(this.#card.answer) : this.#card.question);
  }

  /** @param {Event} event */
  #clicked(event) {
    const pressed = /** @type {Element} */ (event.target).closest("button");
    if (!pressed || pressed.getAttribute("aria-disabled") === "true") return;
    const { do: action, grade } = pressed.dataset;
    if (grade) this.#grade(/** @type {Grade} */ (grade));
    else if (action === "flip") this.#card.turn();
    else if (action === "next") this.#next();
    else if (action === "previous") this.#go(this.#at - 1);
    else if (action === "shuffle") this.#shuffle();
    else if (action === "restart") this.#restart(this.#all);
    else if (action === "missed") this.#restart(this.#graded("again"));
  }

  #next() {
    if (this.#at < this.#round.length - 1) this.#go(this.#at + 1);
    else this.#finish();
  }

  /** @param {Grade} grade */
  #grade(grade) {
    const card = this.#card;
    this.#grades.set(card, grade);
    const detail = {
      kind: "review",
      card: card.dataset.card,
      grade,
      mode: this.getAttribute("mode") ?? "flip",
      revision: Number(card.dataset.revision) || 1,
      at: Date.now(),
    };
    card.dispatchEvent(new CustomEvent("flash-card:grade", { bubbles: true, detail }));
    this.#next();
  }

  #shuffle() {
    const cards = [...this.#round];
    for (let last = cards.length - 1; last > 0; last--) {
      const other = Math.floor(Math.random() * (last + 1));
      [cards[last], cards[other]] = [cards[other], cards[last]];
    }
    this.#start(cards);
    this.#go(0, words.shuffled);
  }

  /** @param {FlashCard[]} cards */
  #restart(cards) {
    this.#start(cards);
    this.#go(0);
  }

  #finish() {
    const [got, missed] = [this.#graded("good"), this.#graded("again")];
    const open = this.#round.length - got.length - missed.length;
    const line = make("p", { class: "flash-done", tabindex: "-1" }, words.done(got.length, missed.length, open));
    const summary = this.#summary;
    summary.replaceChildren(line);
    const buttons = make("div", { class: "flash-buttons" });
    if (missed.length) {
      summary.append(make("p", {}, words.toReadAgain), make("ul", {}, ...missed.map(listed)));
      buttons.append(button({ "data-do": "missed" }, words.again(missed.length)));
    }
    buttons.append(button({ "data-do": "restart" }, words.all(this.#all.length)));
    summary.append(buttons);
    this.#card.hidden = true;
    summary.hidden = false;
    this.dataset.state = "done";
    this.#say("");
    showHead(summary);
    line.focus({ preventScroll: true });
    const ids = (/** @type {FlashCard[]} */ cards) => cards.map((card) => card.dataset.card);
    this.dispatchEvent(
      new CustomEvent("flash-deck:done", { bubbles: true, detail: { got: ids(got), missed: ids(missed) } }),
    );
  }

  /** @param {Grade} grade */
  #graded(grade) {
    return this.#round.filter((card) => this.#grades.get(card) === grade);
  }

  /**
   * The selector of the button that a key presses.
   * @param {string} key
   */
  #keys(key) {
    if (key === " " || key === "Enter") return "[data-do=flip]";
    const onward = getComputedStyle(this).direction === "rtl" ? "ArrowLeft" : "ArrowRight";
    if (key === onward) return "[data-do=next]";
    return key === "ArrowLeft" || key === "ArrowRight" ? "[data-do=previous]" : undefined;
  }

  /** @param {string} text */
  #say(text) {
    const live = this.querySelector(":scope > .flash-live");
    if (live) live.textContent = text;
  }

  get #summary() {
    return /** @type {HTMLElement} */ (this.querySelector(".flash-summary"));
  }

  /** @param {string} action */
  #button(action) {
    return /** @type {HTMLButtonElement} */ (this.querySelector(`:scope > div > [data-do=${action}]`));
  }
}

/**
 * A missed card in the list at the end: its term, as a link to its entry, and its question.
 * @param {FlashCard} card
 */
function listed(card) {
  const entry = card.querySelector(".flash-entry a")?.getAttribute("href") ?? "#";
  const name = make("bdi", {}, card.term);
  return make("li", {}, make("a", { href: entry }, name), " ", make("span", { dir: "auto" }, card.question));
}

if (!customElements.get("flash-deck")) customElements.define("flash-deck", FlashDeck);

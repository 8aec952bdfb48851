/*
 * <flash-deck mode="flip" data-deck="ID">: a stack of <flash-card>, one at a time, with its buttons.
 *
 * What follows a turn is fetched at the first one, see grading.js. Sends `flash-card:grade` from the
 * card that was graded, with the event as it was recorded, and `flash-deck:done` at the end of a
 * round with {got, missed}, lists of card ids.
 *
 * In a <study-board> the round is a session, see study-session.js. It is made at the first press,
 * or before, see loader.js.
 */
import { say } from "../words/say.js";
import { wordsOf } from "../words/words.js";
import { button, listenToKeys, liveLine, make, pressButton, showHead } from "./dom.js";
import { FlashCard, labelFlip } from "./flash-card.js";
import { asks, words } from "./words.js";

const grades = wordsOf("grades");

// The first signs of a reader, by mouse, finger, keyboard or another way. A turn comes after them.
const SIGNS = ["pointermove", "pointerdown", "keydown", "focusin", "scroll"];

/** @typedef {"again" | "hard" | "good" | "easy"} Grade */

export class FlashDeck extends HTMLElement {
  /** @type {AbortController | undefined} */
  #listening;
  /** @type {FlashCard[]} every card of the page, in its order; a session may know of more, see rest.js */
  #all = [];
  /** @type {import("./grading.js").Grading | undefined} */
  #grading;
  /** @type {import("./study-session.js").Session | undefined} whose round this is, in a <study-board> */
  session;
  /** @type {import("./modes.js").Asking | undefined} what asks, in modes other than flip */
  asking;
  /** @type {FlashCard[]} the cards of this round, in its order */
  round = [];
  /** @type {Map<FlashCard, Grade>} those given in this round */
  grades = new Map();
  at = 0;
  /** @type {FlashCard | undefined} the card that shows */
  #shown;
  /** The line under the deck in which it tells what one should know once. */
  notice = make("p", { class: "flash-notice", "aria-live": "polite" });

  static observedAttributes = ["mode"];

  /**
   * @param {string} _
   * @param {string | null} before
   * @param {string | null} mode
   */
  attributeChangedCallback(_, before, mode) {
    if (mode === before || (!before && mode === "flip")) return;
    // Where it does not come, the deck goes on as it is, and can be asked again.
    import("./modes.js").then(({ enter }) => enter(this), () => {
      this.notice.textContent = words.notFetched;
      this.setAttribute("mode", "flip");
    });
  }

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
    listenToKeys(this, (key) => this.#key(key), signal);
    this.#awaitSign(signal);
    this.#awaitFinger(signal);
  }

  /** Makes the session, in a <study-board>. */
  begin() {
    // Where this fails, a turn tries again, and tells.
    return import("./opening.js").then(({ open }) => open(this)).catch(() => {});
  }

  disconnectedCallback() {
    this.#listening?.abort();
  }

  /**
   * Fetches at a reader's first sign what a turn will need, so that the turn waits for less.
   * @param {AbortSignal} signal ends the listening
   */
  #awaitSign(signal) {
    const session = () => this.closest("study-board") && import("./study-session.js");
    const fetch = () => {
      // What does not come now is asked for again by what needs it.
      Promise.allSettled([import("./opening.js"), import("./time.js"), session()]);
    };
    for (const sign of SIGNS) addEventListener(sign, fetch, { capture: true, once: true, signal });
  }

  /**
   * Swiping is fetched when a finger first moves, which it then follows: who taps or has a mouse needs none of it.
   * @param {AbortSignal} signal
   */
  #awaitFinger(signal) {
    /** @type {PointerEvent | undefined} */
    let touch;
    const touched = (/** @type {PointerEvent} */ event) => (touch = event.pointerType === "touch" ? event : undefined);
    const moved = async () => {
      const first = touch;
      touch = undefined;
      const found = first && (await import("./swipe.js").catch(() => undefined));
      if (!found || signal.aborted) return;
      this.removeEventListener("pointerdown", touched);
      this.removeEventListener("pointermove", moved);
      found.swipePressesButtons(this, signal, first);
    };
    this.addEventListener("pointerdown", touched, { signal });
    this.addEventListener("pointermove", moved, { signal });
  }

  /** The card that lies on top. */
  get card() {
    return this.round[this.at];
  }

  /** Every card of the page, in its order. */
  get all() {
    return this.#all;
  }

  /**
   * Does what the part does that is fetched at the first turn.
   * @param {(grading: import("./grading.js").Grading) => unknown} use
   */
  async later(use) {
    if (!this.#grading) {
      const found = await import("./grading.js").catch(() => undefined);
      if (found) this.#grading ??= new found.Grading(this);
    }
    if (this.#grading) await use(this.#grading);
    else this.notice.textContent = words.notFetched;
  }

  /**
   * Does so for the card on top, unless another lies there by then.
   * @param {(grading: import("./grading.js").Grading) => unknown} use
   */
  #onTop(use) {
    const { card } = this;
    this.later((grading) => card === this.card && use(grading));
  }

  #build() {
    // In a page that instant navigation brings, the deck comes to life before its cards do.
    customElements.upgrade(this);
    for (const card of this.querySelectorAll("flash-card"))
      if (card instanceof FlashCard && card.whole) this.#all.push(card);
    if (!this.#all.length) return;
    this.setAttribute("role", "group");
    this.setAttribute("aria-label", this.dataset.label ?? "");
    const [more, panel] = [button({ "data-do": "more" }, words.more), make("div", { class: "flash-more", popover: "" })];
    more.popoverTargetElement = panel;
    this.append(
      make("progress", { class: "flash-bar", "aria-hidden": "true" }),
      make(
        "div",
        { class: "flash-buttons" },
        button({ "data-do": "undo", "aria-disabled": "true" }, words.undo),
        button({ "data-do": "flip" }, words.turn),
        more,
        ...Object.entries(grades).map(([grade, word]) =>
          button({ "data-grade": grade }, word, make("small")),
        ),
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
      this.notice,
      panel,
      liveLine(),
    );
    this.toggleAttribute("data-alone", this.#all.length === 1);
    this.round = this.#all;
    for (const card of this.#all) card.hidden = true;
    this.show(0);
  }

  /** @param {number} at */
  show(at) {
    this.at = at;
    this.summary.hidden = true;
    this.uncover(this.card);
    this.card.build();
    this.card.lay();
    this.tellPlace();
    this.dataset.state = "asking";
    labelFlip(this.#button("flip"), "front");
    this.asking?.shown();
    this.#grading?.shown();
    this.session?.bringNext();
  }

  /**
   * Shows one card, or none.
   * @param {FlashCard} [card]
   */
  uncover(card) {
    if (this.#shown) this.#shown.hidden = true;
    this.#shown = card;
    if (!card) return;
    if (!card.isConnected) this.querySelector(".flash-bar")?.before(card);
    card.hidden = false;
  }

  get #place() {
    return say(words.place, { at: this.at + 1, of: this.round.length });
  }

  /** Tells where in the round the card on top is. */
  tellPlace() {
    const { at, round } = this;
    for (const head of this.card.querySelectorAll(".flash-place")) head.textContent = this.#place;
    const bar = /** @type {HTMLProgressElement} */ (this.querySelector(".flash-bar"));
    bar.max = round.length;
    bar.value = at + 1;
    this.#button("next").textContent = at === round.length - 1 ? words.finish : words.next;
    this.#button("previous").setAttribute("aria-disabled", String(at === 0));
  }

  /**
   * Shows a card because the reader asked for it: it is announced, and the focus stays in the deck.
   * @param {number} at
   * @param {string} [before] what to say first
   */
  go(at, before = "") {
    if (!this.round[at].whole) return import("./rest.js").then(({ goOnceBrought }) => goOnceBrought(this, at, before));
    this.show(at);
    this.sayAsked(before);
    // The card before may have been so tall that this one's head is above the window.
    showHead(this.card);
    const focused = document.activeElement;
    const lost = !focused || !this.contains(focused) || !focused.checkVisibility({ visibilityProperty: true });
    if (lost) this.focusTurn();
  }

  /**
   * Tells a screen reader what is asked.
   * @param {string} [before] what to say first
   */
  sayAsked(before = "") {
    const asked = this.asking?.asked(this.#place) ?? `${asks(this.#place, this.card.question)} ${words.canTurn}`;
    this.say(`${before} ${asked}`.trim());
  }

  focusTurn() {
    (this.asking?.first ?? this.#button("flip")).focus({ preventScroll: true });
  }

  /**
   * What of a card is asked: "" is the card itself; nothing where it has nothing such.
   * @param {string} [id] of the card, by default of the one on top
   */
  prompt(id = this.card?.dataset.card) {
    return this.asking ? this.asking.prompt(id) : "";
  }

  /** @param {Event} event */
  #turned(event) {
    if (event.target !== this.card) return;
    const { side } = this.card;
    this.dataset.state = side === "back" ? "answered" : "asking";
    labelFlip(this.#button("flip"), side);
    this.say(side === "back" ? say(words.answer, { text: this.card.answer }) : this.card.question);
    if (side === "back") this.later((grading) => grading.turned().then(() => grading.read()));
  }

  /** @param {Event} event */
  #clicked(event) {
    const pressed = /** @type {Element} */ (event.target).closest("button");
    // While the next card is on its way, nothing can be done with the one before, but to be asked otherwise.
    if (!pressed || (this.ariaBusy && !pressed.ariaPressed) || pressed.getAttribute("aria-disabled") === "true") return;
    const action = pressed.dataset.do;
    if (action === "flip") this.card.turn();
    else if (action === "next") this.next();
    else if (action === "previous") this.go(this.at - 1);
    // A mode is for whatever card lies on top by then.
    else if (pressed.ariaPressed) this.later((grading) => grading.press(pressed));
    else this.#onTop((grading) => grading.press(pressed));
  }

  /** Goes on: to the next card, or to the end of the round. */
  next() {
    if (this.at < this.round.length - 1) return this.go(this.at + 1);
    // Until the end is there, nothing is to be graded twice.
    this.ariaBusy = "true";
    this.later((grading) => grading.finish()).finally(() => (this.ariaBusy = null));
  }

  /**
   * Begins a round.
   * @param {FlashCard[]} cards
   * @param {string} [before] what to say first
   */
  restart(cards, before) {
    this.round = cards;
    this.grades = new Map();
    this.go(0, before);
  }

  /**
   * Presses the button that a key stands for.
   * @param {string} key
   */
  #key(key) {
    if (key === " " || key === "Enter") return pressButton(this, "[data-do=flip]");
    const onward = getComputedStyle(this).direction === "rtl" ? "ArrowLeft" : "ArrowRight";
    if (key === onward) return pressButton(this, "[data-do=next]");
    if (key === "ArrowLeft" || key === "ArrowRight") return pressButton(this, "[data-do=previous]");
    // They are not for the card that lies behind the panel.
    if (this.querySelector(".flash-more:popover-open")) return false;
    // The others can be switched off. Until it is known whether they are, they are held back.
    const taken = /^[1-4su?]$/i.test(key) && this.#grading?.takesKeys !== false;
    if (taken) this.#onTop((grading) => grading.key(key.toLowerCase()));
    return taken;
  }

  /**
   * Tells a screen reader.
   * @param {string} text
   */
  say(text) {
    const live = this.querySelector(":scope > .flash-live");
    if (live) live.textContent = text;
  }

  get summary() {
    return /** @type {HTMLElement} */ (this.querySelector(".flash-summary"));
  }

  /** @param {string} action */
  #button(action) {
    return /** @type {HTMLButtonElement} */ (this.querySelector(`:scope > div > [data-do=${action}]`));
  }
}

if (!customElements.get("flash-deck")) customElements.define("flash-deck", FlashDeck);

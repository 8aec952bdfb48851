/*
 * The modes of a <flash-deck> other than flip: how the card on top is asked, and what an answer leads to.
 *
 * A mode is a line in MODES and a module of its own, fetched when the mode is chosen. That has a `Way`.
 * What all modes share stands here: the room under the card, the hint, the verdict, and the grades that
 * this leads to. An answer turns the card; who turns it without one grades as in flip.
 */
import { say } from "../words/say.js";
import { wordsOf } from "../words/words.js";
import { asksOf, bringAsks } from "./asks.js";
import { button, make, spoken } from "./dom.js";
import { bringSheet } from "./sheet.js";
import { dayEnd } from "./time.js";
import { asks, words as deckWords } from "./words.js";

/** @typedef {import("./asks.js").Asks} Asks */
/** @typedef {import("./flash-card.js").FlashCard} FlashCard */
/** @typedef {import("./flash-deck.js").FlashDeck} FlashDeck */
/** @typedef {import("./flash-deck.js").Grade} Grade */
/** @typedef {"right" | "near" | "wrong"} Verdict */
/**
 * How a mode asks.
 * @typedef {object} Way
 * @property {(question: Question) => boolean | void} ask asks a card in `question.room`, and gives the
 *   answer to `question.answer`; false where it cannot, then the card is there to be turned
 * @property {string} [invites] what one can do, for a screen reader
 * @property {(names: string[], id: string, seed: string) => string[]} [prompts] which of a card's prompts
 *   can be asked; without it the card itself is
 * @property {(asking: Asking) => Promise<FlashCard[]>} [round] the cards of a round that is no session's
 * @property {boolean} [isSilent] whether nothing helps or tells how an answer was before the end
 * @property {boolean} [isOfMany] whether several cards are asked at once, and no hint helps
 * @property {(asking: Asking) => Element[]} [result] what stands at the end of a round
 * @property {() => Promise<unknown>} [settled] is kept when the answers that were given are graded
 */

/** @type {Record<string, () => Promise<{way: Way}>>} */
const MODES = {
  choose: () => import("./mode-choose.js"),
  type: () => import("./mode-type.js"),
  match: () => import("./mode-match.js"),
  cloze: () => import("./mode-cloze.js"),
  reverse: () => import("./mode-reverse.js"),
  test: () => import("./mode-test.js"),
};

const words = wordsOf("modes");

const TWICE = 300; // ms within which one presses twice

/** @type {Record<Verdict, Grade[]>} the grades that are offered, the one that fits first */
const OFFERED = { right: ["good"], near: ["hard", "good"], wrong: ["again"] };

/**
 * Lets a deck ask as its attribute `mode` says; as in flip where that is unknown or cannot be fetched.
 * @param {FlashDeck} deck
 */
export async function enter(deck) {
  const mode = deck.getAttribute("mode") ?? "";
  const bring = Object.hasOwn(MODES, mode) ? MODES[mode] : undefined;
  const sheet = bringSheet(deck, new URL("modes.css", import.meta.url));
  const [found] = await Promise.all([bring?.(), bring && bringAsks(deck), sheet]).catch(() => []);
  // Meanwhile it may have been changed again.
  if ((deck.getAttribute("mode") ?? "") !== mode || !deck.all.length) return;
  if (bring && !found) {
    deck.notice.textContent = deckWords.notFetched;
    // So that it can be asked for again.
    return deck.setAttribute("mode", "flip");
  }
  for (const each of deck.querySelectorAll("[data-do^=mode-]"))
    each.setAttribute("aria-pressed", String(each.getAttribute("data-do") === `mode-${found ? mode : "flip"}`));
  const before = deck.asking;
  before?.leave();
  deck.asking = found && new Asking(deck, mode, found.way);
  if (before?.kind === deck.asking?.kind) {
    if (deck.dataset.state !== "done") deck.show(deck.at);
  } else {
    // What was done in another round is not undone in this one.
    if (before || deck.session) deck.later((grading) => grading.forget());
    // Until the next round is there, nothing can be done in the one before.
    deck.ariaBusy = "true";
    await deal(deck).finally(() => found?.way === deck.asking?.way && (deck.ariaBusy = null));
  }
  if (deck.dataset.state === "done") return;
  // Who has just chosen it goes on in what is asked, and is told that; a quiz in a text lets one read on.
  const isAtStart = document.activeElement === document.body && deck.closest("study-board");
  if (!isAtStart && !deck.contains(document.activeElement)) return;
  deck.focusTurn();
  deck.sayAsked();
}

/**
 * Begins a round of what the mode asks.
 * @param {FlashDeck} deck
 */
async function deal(deck) {
  const { asking, session } = deck;
  const isEmpty = asking?.way.round || !session ? await dealRound(deck) : await session.begin(true);
  if (!isEmpty || asking !== deck.asking) return;
  // What there is none of is told by the session, also where that was set aside.
  deck.session ??= asking?.session;
  await (await import("./round-end.js")).endAtOnce(deck);
}

/**
 * Begins a round that is no session's. Tells whether it is empty.
 * @param {FlashDeck} deck
 */
async function dealRound(deck) {
  const { asking } = deck;
  const cards = (await asking?.way.round?.(asking)) ?? deck.all.filter((card) => deck.prompt(card.dataset.card) !== undefined);
  // The reader may have chosen another mode meanwhile.
  if (asking !== deck.asking) return false;
  if (asking) asking.cards = cards;
  Object.assign(deck, { round: cards, grades: new Map() });
  if (cards.length) deck.show(0);
  return !cards.length;
}

/**
 * Changes the mode because the reader asks for it; on the study page the address keeps it.
 * @param {import("./grading.js").Grading} grading
 * @param {string} mode
 */
export async function change(grading, mode) {
  const { deck } = grading;
  // A session that is on its way would begin in the midst of it, as would a grade.
  await grading.open();
  await deck.asking?.way.settled?.();
  if (deck.closest("study-board")) {
    const address = new URL(location.href);
    address.searchParams.set("mode", mode);
    history.replaceState(history.state, "", address);
  }
  deck.setAttribute("mode", mode);
}

/** One asking of one card. */
export class Question {
  /** Where it is asked. */
  room = make("div", { class: "flash-question" });
  /** @type {HTMLElement | undefined} what has the focus at first */
  first;
  /** Shows what is right, where an answer was given or the card was turned. */
  reveal = () => {};
  /** Whether it has been answered. */
  isOver = false;
  isHinted = false;
  #asked = performance.now();
  /** @type {HTMLElement | undefined} the button that shows the hint */
  hint;
  /** Whether the reader knows better than we do what was meant. */
  canOverrule = false;

  /**
   * @param {Asking} asking
   * @param {FlashCard} card
   */
  constructor(asking, card) {
    this.asking = asking;
    this.deck = asking.deck;
    this.card = card;
    this.prompt = asking.prompt(card.dataset.card) ?? "";
    this.asks = asksOf(card);
    this.seed = `${asking.seed} ${card.dataset.card}`;
  }

  /**
   * Puts other texts on the card until the next one is asked.
   * @param {(Node | string)[]} front
   * @param {(Node | string)[]} [back]
   */
  lay(front, back) {
    this.asking.lay(this.card, "front", front);
    if (back) this.asking.lay(this.card, "back", back);
  }

  /**
   * Takes the answer.
   * @param {Verdict} verdict
   * @param {(Node | string)[]} [remark] what to say of it
   */
  answer(verdict, remark = []) {
    // Where nothing is told between two cards, a second press was for the one before.
    if (this.isOver || (this.asking.way.isSilent && performance.now() - this.#asked < TWICE)) return;
    this.end();
    this.asking.answered(this, verdict, remark);
  }

  /** Lets no more be answered, and shows what is right unless that is to be kept. */
  end() {
    this.isOver = true;
    this.hint?.remove();
    if (!this.asking.way.isSilent) this.reveal();
  }
}

export class Asking {
  /** @type {Question | undefined} */
  question;
  /** What makes chance the same while the mode lasts. */
  seed = new URLSearchParams(location.search).get("seed") ?? Math.random().toString(36).slice(2);
  /** @type {FlashCard[] | undefined} the cards of a round that is no session's */
  cards;
  /** The session over these cards, also where it is set aside for such a round. */
  session;
  #room = make("div", { class: "flash-ask" });
  #listening = new AbortController();
  /** @type {Map<string, string[]>} the prompts that cards have, by their ids */
  #names = new Map();
  /** @type {Map<string, string>} the prompts that were chosen */
  #chosen = new Map();
  /** @type {(() => void)[]} put back what the cards' sides were */
  #restore = [];

  /**
   * @param {FlashDeck} deck
   * @param {string} mode
   * @param {Way} way
   */
  constructor(deck, mode, way) {
    this.deck = deck;
    this.mode = mode;
    this.way = way;
    /** What it asks: the cards themselves, or other prompts. */
    this.kind = way.prompts ? mode : undefined;
    this.session = deck.session;
    if (way.round) {
      deck.session = undefined;
      deck.querySelector(".flash-today")?.replaceChildren();
    }
    const { signal } = this.#listening;
    deck.querySelector(".flash-bar")?.before(this.#room);
    deck.addEventListener("flash-card:flip", (event) => this.#turned(/** @type {CustomEvent} */ (event)), { signal });
    const kept = (/** @type {Event} */ event) => {
      if (way.isSilent && /** @type {Element} */ (event.target).closest(".flash-sheet")) event.stopPropagation();
    };
    deck.addEventListener("click", kept, { capture: true, signal });
  }

  /** Leaves the deck as it was. */
  leave() {
    this.#listening.abort();
    this.putBack();
    this.#room.remove();
    this.offer();
    this.deck.session ??= this.session;
  }

  /** What has the focus when a card is asked. */
  get first() {
    const { question } = this;
    return question && !question.isOver && question.first?.checkVisibility() ? question.first : undefined;
  }

  /**
   * What is asked, for a screen reader.
   * @param {string} place
   */
  asked(place) {
    const { invites = deckWords.canTurn } = this.way;
    return this.deck.card.hidden ? invites : `${asks(place, this.deck.card.question)} ${invites}`;
  }

  /** What stands at the end of a round. */
  result() {
    return this.way.result?.(this) ?? [];
  }

  /**
   * What of a card is asked, as `FlashDeck.prompt`.
   * @param {string} [id]
   */
  prompt(id = "") {
    const { way } = this;
    if (!way.prompts) return "";
    if (!this.#names.has(id)) this.#list();
    const chosen = this.#chosen.get(id) ?? this.#best(id, way.prompts(["", ...(this.#names.get(id) ?? [])], id, this.seed));
    if (chosen !== undefined) this.#chosen.set(id, chosen);
    return chosen;
  }

  #list() {
    for (const { dataset } of this.deck.all) this.#names.set(dataset.card ?? "", dataset.prompts?.split(" ") ?? []);
    for (const { id, prompts } of this.session?.entries ?? []) this.#names.set(id, prompts.filter(Boolean));
  }

  /**
   * Of a card's prompts the one that is due first, else a new one, else that which comes back soonest.
   * @param {string} id
   * @param {string[]} names
   */
  #best(id, names) {
    const record = this.session?.record;
    const today = dayEnd(Date.now());
    const turn = (/** @type {string} */ name) => {
      const schedule = record?.schedule(id, name);
      if (schedule && (schedule.suspended || schedule.buried > Date.now())) return Infinity;
      return !schedule || schedule.state === "new" ? today : schedule.due;
    };
    return names.toSorted((a, b) => turn(a) - turn(b))[0];
  }

  /** Asks the card that now lies on top. */
  shown() {
    this.putBack();
    this.offer();
    const question = new Question(this, this.deck.card);
    this.question = question;
    const isAsked = this.way.ask(question) !== false;
    const { hint } = question.asks;
    if (isAsked && hint && !this.way.isSilent && !this.way.isOfMany) question.room.append(this.#hint(question, hint));
    this.#room.replaceChildren(...(isAsked ? [question.room] : []));
  }

  /**
   * @param {Question} question
   * @param {HTMLElement} hint
   */
  #hint(question, hint) {
    const ask = (question.hint = button({ class: "flash-hint", "data-do": "hint" }, words.hint));
    const line = make("p", { class: "flash-hint", role: "status" });
    ask.addEventListener("click", (event) => {
      event.stopPropagation();
      question.isHinted = true;
      line.append(...hint.childNodes);
      ask.remove();
      question.first?.focus();
    });
    return make("div", {}, ask, line);
  }

  /**
   * Puts another text on a side of a card.
   * @param {FlashCard} card
   * @param {"front" | "back"} side
   * @param {(Node | string)[]} text
   */
  lay(card, side, text) {
    const face = card.querySelector(`.flash-${side} .flash-text`);
    if (!face) return;
    const was = [...face.childNodes];
    this.#restore.push(() => face.replaceChildren(...was));
    face.replaceChildren(...text);
  }

  /** Puts back what stood on the card. */
  putBack() {
    for (const restore of this.#restore.splice(0)) restore();
  }

  /**
   * Shows how an answer was and what it leads to or, in a test, goes on.
   * @param {Question} question
   * @param {Verdict} verdict
   * @param {(Node | string)[]} remark
   */
  answered(question, verdict, remark) {
    const { deck } = this;
    const isHard = verdict === "right" && question.isHinted;
    const offered = [...OFFERED[isHard ? "near" : verdict]];
    if (verdict === "wrong" && question.canOverrule) offered.push("good");
    if (this.way.isSilent) {
      deck.dataset.state = "answered";
      return deck.querySelector(`[data-grade=${offered[0]}]`)?.dispatchEvent(new MouseEvent("click", { bubbles: true }));
    }
    const mayKnow = offered.length > 1 && verdict !== "right";
    const told = [words[verdict], ...(remark.length ? [" ", ...remark] : []), mayKnow ? ` ${words.overrule}` : ""];
    const line = make("p", { class: "flash-verdict", "data-verdict": verdict }, ...told);
    question.room.prepend(line);
    this.offer(offered);
    question.card.turn("back");
    deck.say(`${heard(line)} ${say(deckWords.answer, { text: question.card.answer })}`);
    /** @type {HTMLElement | null} */ (deck.querySelector(`[data-grade=${offered[0]}]`))?.focus({ preventScroll: true });
    deck.querySelector(":scope > .flash-buttons")?.scrollIntoView({ block: "nearest" });
  }

  /**
   * Offers some of the grades; all, where none is named.
   * @param {string[]} [grades]
   */
  offer(grades) {
    const buttons = this.deck.querySelector(":scope > .flash-buttons");
    buttons?.setAttribute("data-offers", String(grades?.length ?? 4));
    for (const each of buttons?.querySelectorAll("[data-grade]") ?? [])
      each.toggleAttribute("hidden", grades !== undefined && !grades.includes(each.getAttribute("data-grade") ?? ""));
  }

  /** @param {CustomEvent} event */
  #turned({ detail }) {
    const { question } = this;
    if (question && !question.isOver && detail.side === "back") question.end();
  }
}

/**
 * A text as it is heard, where a formula has a form for the eye and one for the ear.
 * @param {Element} text
 */
function heard(text) {
  const copy = /** @type {Element} */ (text.cloneNode(true));
  for (const each of copy.querySelectorAll("[aria-hidden]")) each.remove();
  return spoken(copy);
}

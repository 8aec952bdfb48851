/*
 * A session on the study page: what is due and what is new today, in the deck's round.
 *
 * All that it knows stands in the record, the address and the deck's round, so undo needs nothing of
 * it, and whatever another device or tab has done is heeded. The address has the choice of cards
 * (`topic`, `tags`), how many at most (`limit`), and a `seed`: with the same seed two cards come in
 * the same order to everybody.
 */
import { dayEnd, dayStart, inOrder, interval } from "./time.js";

/** @typedef {import("./flash-card.js").FlashCard} FlashCard */
/** @typedef {import("./flash-deck.js").FlashDeck} FlashDeck */

const words = {
  /** What a session still has. */
  today: (/** @type {number} */ due, /** @type {number} */ fresh) =>
    due
      ? `You have ${due} ${due === 1 ? "card" : "cards"} due${fresh ? ` and ${fresh} new` : ""} today.`
      : `You have ${fresh} new ${fresh === 1 ? "card" : "cards"} today.`,
  beyond: (/** @type {number} */ n) => `${n} more ${n === 1 ? "card" : "cards"}, ahead of time.`,
  answered: (/** @type {number} */ n, /** @type {number} */ fresh) =>
    `You have answered ${n} ${n === 1 ? "card" : "cards"}${fresh ? `, ${fresh === n ? "all" : fresh} new` : ""}.`,
  skipped: (/** @type {number} */ n) => `${n} skipped, still to be asked.`,
  noneDue: "Nothing is due.",
  noMoreDue: "Nothing more is due.",
  noCards: "No card fits this choice.",
  /** When the next card comes back: today in so much time, or in so many days. */
  next: (/** @type {number} */ days, /** @type {string} */ time) =>
    `The next card comes back ${days > 1 ? `in ${days} days` : days ? "tomorrow" : `in ${time}`}.`,
};

const AHEAD = 20; // cards at once

export class Session {
  /** @type {Set<FlashCard>} the cards of this session that were new when it began */
  #fresh = new Set();
  #isAhead = false;

  /**
   * @param {FlashDeck} deck
   * @param {import("./record.js").CardRecord} record
   */
  constructor(deck, record) {
    this.deck = deck;
    this.record = record;
    const changed = (/** @type {any} */ event) => {
      if (deck.isConnected) this.#heed(event.detail.cards);
      else record.removeEventListener("change", changed);
    };
    record.addEventListener("change", changed);
  }

  /** Makes the deck's round the session's. Tells whether there is nothing to ask. */
  async begin() {
    const { deck } = this;
    markChoice(deck.closest("study-board"));
    const cards = await this.chosen();
    const isUntouched = deck.dataset.state === "asking" && deck.at === 0;
    if (isUntouched) deck.round = cards;
    // A card that was turned or looked for stays on top.
    else deck.round = [deck.card, ...cards.filter((card) => card !== deck.card)];
    if (!deck.round.length) return true;
    if (isUntouched) deck.show(0);
    else deck.at = 0;
    deck.tellPlace();
    this.tell();
    // One key starts, unless the reader is elsewhere already.
    if (document.activeElement === document.body) deck.focusTurn();
    return false;
  }

  /**
   * The cards of today, in their order.
   * @param {boolean} [anew] whether to draw another order, which the address then has
   */
  async chosen(anew = false) {
    if (anew) {
      const address = new URL(location.href);
      address.searchParams.set("seed", Math.random().toString(36).slice(2, 8));
      history.replaceState(history.state, "", address);
    }
    const [now, room] = [Date.now(), await this.#room()];
    const cards = this.#asked().filter((card) => !room.siblings.has(id(card)));
    const [due, fresh] = [cards.filter((card) => this.#isDue(card)), cards.filter((card) => this.#isNew(card))];
    due.sort((a, b) => this.#due(a) - this.#due(b));
    const reviews = new Set(due.filter((card) => !this.#waits(card)).slice(0, room.reviews));
    const ready = due.filter((card) => reviews.has(card) || (this.#waits(card) && this.#due(card) <= now));
    const waiting = due.filter((card) => this.#waits(card) && this.#due(card) > now);
    const begun = seeded(fresh).slice(0, room.fresh);
    const round = [...seeded([...ready, ...begun]), ...waiting].slice(0, limit());
    this.#fresh = new Set(begun);
    this.#isAhead = false;
    return round;
  }

  /** The cards to study when nothing is due: what was not asked today comes first, and what comes back soonest. */
  ahead() {
    const today = dayStart(Date.now());
    const rank = (/** @type {FlashCard} */ card) => {
      const { last = 0 } = this.#schedule(card) ?? {};
      return last >= today ? 2 : this.#isNew(card) ? 1 : 0;
    };
    const cards = this.#asked().filter((card) => !this.#isDue(card) && this.#mayBeAsked(card));
    cards.sort((a, b) => rank(a) - rank(b) || this.#due(a) - this.#due(b));
    return cards.slice(0, limit(AHEAD));
  }

  /** Begins to study ahead. */
  beginAhead() {
    const cards = this.ahead();
    this.#fresh = new Set(cards.filter((card) => this.#isNew(card)));
    this.#isAhead = true;
    return cards;
  }

  /**
   * Lays out what comes after a grade. A card that is being learned comes back when its minutes are
   * over, or when nothing else is left.
   * @param {{due: number, state: string}} [outcome] for the card on top; none offline, without the scheduler
   */
  graded({ due, state } = { due: 0, state: "review" }) {
    const { card, round, at } = this.deck;
    const now = Math.max(Date.now(), this.#schedule(card)?.last ?? 0);
    const rest = round.slice(at + 1).filter((each) => each !== card);
    if (state !== "review") rest.push(card);
    const when = (/** @type {FlashCard} */ each) => (each === card ? due : this.#waits(each) ? this.#due(each) : now);
    const turn = (/** @type {FlashCard} */ each) => Math.max(when(each), 0) - now;
    this.deck.round = [...round.slice(0, at + 1), ...rest.sort((a, b) => turn(a) - turn(b))];
  }

  /** Tells in the deck's line how much there is to do. */
  tell() {
    const { deck } = this;
    const rest = new Set(deck.dataset.state === "done" ? [] : deck.round.slice(deck.at));
    const fresh = [...rest].filter((card) => this.#fresh.has(card) && !deck.grades.has(card)).length;
    const line = deck.querySelector(".flash-today");
    if (!line) return;
    if (!rest.size) line.textContent = "";
    else line.textContent = this.#isAhead ? words.beyond(rest.size) : words.today(rest.size - fresh, fresh);
  }

  /** The cards of the round that were passed over, and can be asked still. */
  get skipped() {
    const { grades, round } = this.deck;
    return [...new Set(round)].filter((card) => !grades.has(card) && this.#mayBeAsked(card));
  }

  /** What was done, and when the next card comes back, in sentences. */
  told() {
    const { grades } = this.deck;
    if (!this.#chosenCards().length) return [words.noCards];
    const said = [];
    const fresh = [...grades.keys()].filter((card) => this.#fresh.has(card)).length;
    if (grades.size) said.push(words.answered(grades.size, fresh));
    if (this.skipped.length) return [...said, words.skipped(this.skipped.length)];
    return [...said, [grades.size ? words.noMoreDue : words.noneDue, this.#next()].filter(Boolean).join(" ")];
  }

  /** When the next card comes back, in a sentence; nothing where none does. */
  #next() {
    const now = Date.now();
    const tomorrow = dayEnd(now);
    const times = this.#chosenCards().map((card) => {
      const schedule = this.#schedule(card);
      if (schedule?.suspended) return Infinity;
      const isNew = !schedule || schedule.state === "new";
      if (isNew && !this.record.setting("newADay")) return Infinity;
      // What is due and not asked was too much for today.
      const due = isNew || this.#isDue(card) ? tomorrow : schedule.due;
      return Math.max(due, schedule?.buried ?? 0);
    });
    const next = Math.min(...times);
    if (next === Infinity) return "";
    const days = Math.round((dayStart(next) - dayStart(now)) / 86_400_000);
    return words.next(days, interval(next - now).long);
  }

  /**
   * Lets go what another tab has answered or set aside.
   * @param {string[]} ids
   */
  #heed(ids) {
    const { deck } = this;
    if (!deck.card || deck.dataset.state === "done") return;
    const isWanted = (/** @type {FlashCard} */ card) =>
      !ids.includes(id(card)) || (this.#mayBeAsked(card) && (this.#isDue(card) || this.#isNew(card)));
    const round = deck.round.filter((card, place) => place <= deck.at || isWanted(card));
    if (round.length === deck.round.length) return;
    deck.round = round;
    deck.tellPlace();
    this.tell();
  }

  /** How much of a day's new cards and reviews is left, and of which cards another prompt was asked today. */
  async #room() {
    const { record } = this;
    const today = dayStart(Date.now());
    const recent = record.schedules().filter(({ last }) => last >= today);
    // The log is long: it is read where there was a review today, and only then.
    const events = recent.length ? (await record.events()).sort(inOrder) : [];
    const undone = new Set(events.map(({ undoes }) => undoes));
    /** @type {Map<string, number>} when each was first answered */
    const first = new Map();
    const known = new Set();
    for (const { id, kind, card, prompt = "", at } of events) {
      if (kind !== "review" || undone.has(id)) continue;
      const key = `${record.now(card)} ${prompt}`;
      const before = first.get(key) ?? at;
      first.set(key, before);
      if (at >= today && before < today) known.add(key);
    }
    const begun = [...first.values()].filter((at) => at >= today).length;
    return {
      fresh: Math.max(0, record.setting("newADay") - begun),
      reviews: Math.max(0, record.setting("reviewsADay") - known.size),
      siblings: new Set(recent.filter(({ prompt }) => prompt).map(({ card }) => card)),
    };
  }

  /** The cards of the address's choice. */
  #chosenCards() {
    const address = new URLSearchParams(location.search);
    const topic = address.get("topic");
    const tags = listed(address.get("tags"));
    return this.deck.all.filter(({ dataset }) => {
      const has = dataset.tags?.split(" ") ?? [];
      return (!topic || dataset.topicId === topic) && (!tags.length || tags.some((tag) => has.includes(tag)));
    });
  }

  #asked() {
    return this.#chosenCards().filter((card) => this.#mayBeAsked(card));
  }

  /** @param {FlashCard} card */
  #schedule(card) {
    return this.record.schedule(id(card));
  }

  /** @param {FlashCard} card */
  #mayBeAsked(card) {
    const schedule = this.#schedule(card);
    return !schedule?.suspended && !(schedule && schedule.buried > Date.now());
  }

  /** @param {FlashCard} card */
  #isNew(card) {
    return (this.#schedule(card)?.state ?? "new") === "new";
  }

  /** @param {FlashCard} card */
  #isDue(card) {
    return !this.#isNew(card) && this.#due(card) < dayEnd(Date.now());
  }

  /** @param {FlashCard} card */
  #due(card) {
    return this.#schedule(card)?.due ?? 0;
  }

  /**
   * Whether a card is being learned, in steps of minutes.
   * @param {FlashCard} card
   */
  #waits(card) {
    return /learning/.test(this.#schedule(card)?.state ?? "");
  }
}

/** @param {FlashCard} card */
function id(card) {
  return card.dataset.card ?? "";
}

/**
 * Marks the links that lead to the cards which the address has chosen.
 * @param {Element | null} board
 */
function markChoice(board) {
  const address = new URLSearchParams(location.search);
  /** @type {NodeListOf<HTMLAnchorElement> | undefined} */
  const links = board?.querySelectorAll("nav a");
  for (const link of links ?? []) {
    const leads = [...new URLSearchParams(link.search)];
    if (leads.length && leads.every(([name, value]) => address.get(name) === value)) link.ariaCurrent = "true";
  }
}

/** @param {string | null} text */
function listed(text) {
  return (text ?? "").split(",").filter(Boolean);
}

/**
 * How many cards the address lets in.
 * @param {number} [most]
 */
function limit(most = Infinity) {
  const wanted = Number(new URLSearchParams(location.search).get("limit"));
  return Number.isInteger(wanted) && wanted > 0 ? Math.min(wanted, most) : most;
}

/**
 * Cards in the order that the address's seed gives them, whatever others are among them.
 * @param {FlashCard[]} cards
 */
function seeded(cards) {
  const seed = new URLSearchParams(location.search).get("seed");
  if (!seed) return cards;
  const places = new Map(cards.map((card) => [card, hash(`${seed} ${id(card)}`)]));
  return [...cards].sort((a, b) => (places.get(a) ?? 0) - (places.get(b) ?? 0));
}

/** @param {string} text */
function hash(text) {
  let mixed = 0x811c9dc5;
  for (const char of text) mixed = Math.imul(mixed ^ (char.codePointAt(0) ?? 0), 0x01000193);
  // FNV-1a leaves the last letters in the low bits; these go to the high ones, which sort.
  mixed = Math.imul(mixed ^ (mixed >>> 15), 0x2c1b3c6d);
  return (mixed ^ (mixed >>> 13)) >>> 0;
}

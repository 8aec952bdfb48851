/*
 * A session on the study page: what is due and what is new today, in the deck's round.
 *
 * All that it knows stands in the record, the address and the deck's round, so undo needs nothing of
 * it, and whatever another device or tab has done is heeded. The address has the choice of cards
 * (`topic`, `tags`), how many at most (`limit`), and a `seed`: with the same seed two cards come in
 * the same order to everybody.
 */
import { dayEnd, dayStart } from "./time.js";

/** @typedef {import("./flash-card.js").FlashCard} FlashCard */
/** @typedef {import("./flash-deck.js").FlashDeck} FlashDeck */
/** @typedef {import("./record.js").CardRecord} CardRecord */
/** @typedef {import("./types.d.ts").Schedule} Schedule */
/**
 * A card as far as a session needs to know it before it is asked.
 * @typedef {{id: string, topic: string, tags: string[], file?: string, card?: FlashCard}} Entry `file`: where its text is, if not in the page
 */
/** @typedef {{entry: Entry, schedule: Schedule | undefined}} Candidate a card, and how it stands */

const words = {
  /** What a session still has. */
  today: (/** @type {number} */ due, /** @type {number} */ fresh) =>
    due
      ? `You have ${due} ${due === 1 ? "card" : "cards"} due${fresh ? ` and ${fresh} new` : ""} today.`
      : `You have ${fresh} new ${fresh === 1 ? "card" : "cards"} today.`,
  beyond: (/** @type {number} */ n) => `${n} more ${n === 1 ? "card" : "cards"}, ahead of time.`,
  onlyThese: "The other cards cannot be fetched now. The session goes on with those that are here.",
};

const AHEAD = 20; // cards at once

export class Session {
  /** @type {Set<FlashCard>} the cards of this session that were new when it began */
  fresh = new Set();
  #isAhead = false;
  #isCutOff = false; // whether the session has to do with the cards that are there
  /** @type {ReturnType<typeof import("./rest.js").restOf>} */
  #rest;

  /**
   * @param {FlashDeck} deck
   * @param {CardRecord} record
   */
  constructor(deck, record) {
    this.deck = deck;
    this.record = record;
    /** @type {Entry[]} in the order of the deck; those in the page, until the others are listed */
    this.entries = deck.all.map((card) => {
      const { card: id = "", topicId: topic = "", tags = "" } = card.dataset;
      return { id, topic, tags: tags.split(" "), card };
    });
    const changed = (/** @type {any} */ event) => {
      if (deck.isConnected) this.#heed(event.detail.cards);
      else record.removeEventListener("change", changed);
    };
    record.addEventListener("change", changed);
  }

  /**
   * A session, whose cards are listed while the record is opened.
   * @param {FlashDeck} deck
   * @param {Promise<CardRecord>} opening
   */
  static async of(deck, opening) {
    const listing = listRest(deck).catch(() => undefined);
    const session = new Session(deck, await opening);
    const listed = await listing;
    if (!listed) session.#cutOff();
    session.#rest = listed?.rest;
    for (const entry of listed?.entries ?? []) session.entries.push({ ...entry });
    return session;
  }

  /** Makes the deck's round the session's. Tells whether there is nothing to ask. */
  async begin() {
    const { deck } = this;
    const cards = await this.#withFirst(this.chosen());
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
   * The cards of a round whose first one can be shown.
   * @param {FlashCard[]} cards
   */
  async #withFirst(cards) {
    if (!cards.length || (await this.#bring(cards[0]))) return cards;
    this.#cutOff();
    return this.chosen();
  }

  /**
   * Goes to a card of the round that is not there yet.
   * @param {number} at
   * @param {string} before what to say first
   */
  async goOnceBrought(at, before) {
    const { deck } = this;
    deck.ariaBusy = "true";
    if (!(await this.#bring(deck.round[at]))) {
      this.#cutOff();
      deck.round = deck.round.filter((card) => card.whole);
    }
    deck.ariaBusy = null;
    // Another tab may have left less of the round meanwhile.
    if (at < deck.round.length) deck.go(at, before);
    else deck.next();
    this.tell();
  }

  /** Fetches the card after the one on top, so that it can follow at once. */
  bringNext() {
    const next = this.deck.round[this.deck.at + 1];
    if (next) this.#bring(next);
  }

  /**
   * Fetches the text of a card that has none. Tells whether it can be shown.
   * @param {FlashCard} card
   */
  async #bring(card) {
    if (!card.whole) await this.#rest?.fill(card).catch(() => {});
    return card.whole;
  }

  /** Goes on with the cards that are there, and tells so once. */
  #cutOff() {
    if (!this.#isCutOff) this.deck.notice.textContent = words.onlyThese;
    this.#isCutOff = true;
  }

  /**
   * The cards of today, in their order.
   * @param {boolean} [anew] whether to draw another order, which the address then has
   */
  chosen(anew = false) {
    if (anew) {
      const address = new URL(location.href);
      address.searchParams.set("seed", Math.random().toString(36).slice(2, 8));
      history.replaceState(history.state, "", address);
    }
    const [now, room] = [Date.now(), this.#room()];
    const tomorrow = dayEnd(now);
    /** @type {Record<"fresh" | "reviews" | "ready" | "waiting", Candidate[]>} */
    const { fresh, reviews, ready, waiting } = { fresh: [], reviews: [], ready: [], waiting: [] };
    for (const card of this.#asked(now)) {
      const { entry, schedule } = card;
      if (room.siblings.has(entry.id)) continue;
      if (isNew(schedule)) fresh.push(card);
      else if (!isDue(schedule, tomorrow)) continue;
      else if (!waits(schedule)) reviews.push(card);
      else (dueOf(card) > now ? waiting : ready).push(card);
    }
    ready.push(...reviews.sort(sooner).slice(0, room.reviews));
    ready.sort(sooner);
    waiting.sort(sooner);
    const begun = seeded(fresh).slice(0, room.fresh);
    const round = [...seeded([...ready, ...begun]), ...waiting].slice(0, limit());
    this.fresh = new Set(this.#elements(begun));
    this.#isAhead = false;
    return this.#elements(round);
  }

  /** The cards to study when nothing is due: what was not asked today comes first, and what comes back soonest. */
  ahead() {
    const now = Date.now();
    const [today, tomorrow] = [dayStart(now), dayEnd(now)];
    const rank = (/** @type {Candidate} */ { schedule }) =>
      schedule && schedule.last >= today ? 2 : isNew(schedule) ? 1 : 0;
    const cards = this.#asked(now).filter(({ schedule }) => !isDue(schedule, tomorrow));
    cards.sort((a, b) => rank(a) - rank(b) || sooner(a, b));
    return this.#elements(cards.slice(0, limit(AHEAD)));
  }

  /** Begins to study ahead. */
  beginAhead() {
    const cards = this.ahead();
    this.fresh = new Set(cards.filter((card) => isNew(this.#schedule(card))));
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
    const turn = (/** @type {FlashCard} */ each) => {
      if (each === card) return due;
      const schedule = this.#schedule(each);
      return schedule && waits(schedule) ? schedule.due : now;
    };
    const turns = new Map(rest.map((each) => [each, turn(each)]));
    rest.sort((a, b) => (turns.get(a) ?? 0) - (turns.get(b) ?? 0));
    this.deck.round = [...round.slice(0, at + 1), ...rest];
  }

  /** Tells in the deck's line how much there is to do. */
  tell() {
    const { deck } = this;
    const rest = new Set(deck.dataset.state === "done" ? [] : deck.round.slice(deck.at));
    const fresh = [...rest].filter((card) => this.fresh.has(card) && !deck.grades.has(card)).length;
    const line = deck.querySelector(".flash-today");
    if (!line) return;
    if (!rest.size) line.textContent = "";
    else line.textContent = this.#isAhead ? words.beyond(rest.size) : words.today(rest.size - fresh, fresh);
  }

  /**
   * Lets go what another tab has answered or set aside.
   * @param {string[]} ids
   */
  #heed(ids) {
    const { deck } = this;
    if (!deck.card || deck.dataset.state === "done") return;
    const [changed, now] = [new Set(ids), Date.now()];
    const isWanted = (/** @type {FlashCard} */ card) => {
      if (!changed.has(id(card))) return true;
      const schedule = this.#schedule(card);
      return mayBeAsked(schedule, now) && (isNew(schedule) || isDue(schedule, dayEnd(now)));
    };
    const round = deck.round.filter((card, place) => place <= deck.at || isWanted(card));
    if (round.length === deck.round.length) return;
    deck.round = round;
    deck.tellPlace();
    this.tell();
  }

  /** How much of a day's new cards and reviews is left, and of which cards another prompt was asked today. */
  #room() {
    const { record } = this;
    const today = dayStart(Date.now());
    const recent = record.schedules().filter(({ last }) => last >= today);
    const begun = recent.filter(({ first }) => first >= today).length;
    return {
      fresh: Math.max(0, record.setting("newADay") - begun),
      reviews: Math.max(0, record.setting("reviewsADay") - (recent.length - begun)),
      siblings: new Set(recent.filter(({ prompt }) => prompt).map(({ card }) => card)),
    };
  }

  /**
   * The cards of the address's choice.
   * @returns {Candidate[]}
   */
  candidates() {
    const address = new URLSearchParams(location.search);
    const topic = address.get("topic");
    const wanted = listed(address.get("tags"));
    const entries = this.entries.filter(
      ({ card, topic: its, tags }) =>
        (!topic || its === topic) &&
        (!wanted.length || tags.some((tag) => wanted.includes(tag))) &&
        (!this.#isCutOff || card?.whole),
    );
    return entries.map((entry) => ({ entry, schedule: this.record.schedule(entry.id) }));
  }

  /** @param {number} now */
  #asked(now) {
    return this.candidates().filter(({ schedule }) => mayBeAsked(schedule, now));
  }

  /** @param {Candidate[]} cards */
  #elements(cards) {
    return cards.map(({ entry }) => (entry.card ??= /** @type {FlashCard} */ (this.#rest?.element(entry))));
  }

  /** @param {FlashCard} card */
  #schedule(card) {
    return this.record.schedule(id(card));
  }
}

/**
 * @param {Schedule | undefined} schedule
 * @param {number} now
 */
export function mayBeAsked(schedule, now) {
  return !schedule || (!schedule.suspended && schedule.buried <= now);
}

/** @param {Schedule | undefined} schedule */
export function isNew(schedule) {
  return !schedule || schedule.state === "new";
}

/**
 * @param {Schedule | undefined} schedule
 * @param {number} end of the learner's day
 */
export function isDue(schedule, end) {
  return schedule !== undefined && !isNew(schedule) && schedule.due < end;
}

/**
 * Whether a card is being learned, in steps of minutes.
 * @param {Schedule | undefined} schedule
 */
function waits(schedule) {
  return schedule?.state === "learning" || schedule?.state === "relearning";
}

/** @param {Candidate} card */
function dueOf({ schedule }) {
  return schedule?.due ?? 0;
}

/**
 * Sorts cards by when they are due.
 * @param {Candidate} a
 * @param {Candidate} b
 */
function sooner(a, b) {
  return dueOf(a) - dueOf(b);
}

/** @param {FlashCard} card */
export function id(card) {
  return card.dataset.card ?? "";
}

/**
 * The cards that a deck's page does without, and what brings them.
 * @param {FlashDeck} deck
 */
async function listRest(deck) {
  const rest = deck.dataset.rest ? (await import("./rest.js")).restOf(deck) : undefined;
  return { rest, entries: (await rest?.list()) ?? [] };
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
 * @param {Candidate[]} cards
 */
function seeded(cards) {
  const seed = new URLSearchParams(location.search).get("seed");
  if (!seed) return cards;
  const places = new Map(cards.map((card) => [card, hash(`${seed} ${card.entry.id}`)]));
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

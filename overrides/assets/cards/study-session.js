/*
 * A session on the study page: what is due and what is new today, in the deck's round.
 *
 * All that it knows stands in the record, the address and the deck's round, so undo needs nothing of
 * it, and whatever another device or tab has done is heeded. The address has the choice of cards
 * (`topic`, `tags`), how many at most (`limit`), and a `seed`: with the same seed two cards come in
 * the same order to everybody.
 */
import { say } from "../words/say.js";
import { wordsOf } from "../words/words.js";
import { dayEnd, dayStart } from "./time.js";

/** @typedef {import("./flash-card.js").FlashCard} FlashCard */
/** @typedef {import("./flash-deck.js").FlashDeck} FlashDeck */
/** @typedef {import("./record.js").CardRecord} CardRecord */
/** @typedef {import("./types.d.ts").Schedule} Schedule */
/**
 * A card as far as a session needs to know it before it is asked.
 * @typedef {{id: string, topic: string, tags: string[], prompts: string[], file?: string}} Entry
 *   `prompts`: those besides the card itself; `file`: where its text is, if not in the page
 */
/** @typedef {{entry: Entry, schedule: Schedule | undefined}} Candidate a card, and how it stands */

const words = wordsOf("session");

export class Session {
  /** @type {Set<FlashCard>} the cards of this round that were new when it began */
  fresh = new Set();
  /** @type {Set<FlashCard>} the cards to study ahead; none in a round of today's */
  ahead = new Set();
  /** When the round of these began. */
  aheadSince = 0;
  /** Whether the session has to do with the cards that are there. */
  #isCutOff = true;
  /** @type {ReturnType<typeof import("./rest.js").restOf>} */
  #rest;
  /** @type {typeof import("./seed.js").seeded | undefined} */
  #seeded;

  /**
   * @param {FlashDeck} deck
   * @param {CardRecord} record
   */
  constructor(deck, record) {
    this.deck = deck;
    this.record = record;
    /** @type {Entry[]} in the order of the deck; those in the page, until the others are listed */
    this.entries = deck.all.map(({ dataset: { card: id = "", topicId: topic = "", tags = "", prompts = "" } }) => {
      return { id, topic, tags: tags.split(" "), prompts: prompts.split(" ") };
    });
    /** @type {Map<string, FlashCard>} those that there are, by id; the others are made when they are chosen */
    this.cards = new Map(deck.all.map((card) => [id(card), card]));
    const changed = (/** @type {any} */ event) => {
      // Offline it may not be there. Then a card may be asked twice.
      if (deck.isConnected) import("./still-wanted.js").then(({ heed }) => heed(this, event.detail)).catch(() => {});
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
    // It is asked for again.
    listRest(deck).catch(() => {});
    return new Session(deck, await opening);
  }

  /** Lists the cards that the page does without. */
  async #list() {
    const listed = await listRest(this.deck).catch(() => undefined);
    if (!listed) return this.cutOff();
    this.deck.notice.textContent = "";
    this.#isCutOff = false;
    if (!this.#rest) this.entries = [...this.entries, ...listed.entries];
    this.#rest = listed.rest;
  }

  /**
   * Makes the deck's round the session's. Tells whether there is nothing to ask.
   * @param {boolean} [isAnew] whether nothing of the round before is to stay
   */
  async begin(isAnew = false) {
    const { deck } = this;
    const cards = await this.ready(() => this.chosen());
    if (isAnew) deck.grades = new Map();
    const isUntouched = isAnew || (deck.dataset.state === "asking" && deck.at === 0);
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
   * @param {() => FlashCard[]} choose
   */
  async ready(choose) {
    // What could not be fetched before may be there now.
    if (this.#isCutOff) await this.#list();
    if (seed()) this.#seeded = await import("./seed.js").then(({ seeded }) => seeded, () => undefined);
    let cards = choose();
    if (cards.length && !(await this.bring(cards[0]))) {
      this.cutOff();
      cards = choose();
    }
    this.fresh = new Set(cards.filter((card) => isNew(this.schedule(card))));
    return cards;
  }

  /** Fetches the card after the one on top, so that it can follow at once. */
  bringNext() {
    const next = this.deck.round[this.deck.at + 1];
    if (next) this.bring(next);
  }

  /**
   * Fetches the text of a card that has none. Tells whether it can be shown.
   * @param {FlashCard} card
   */
  async bring(card) {
    if (!card.whole) await this.#rest?.fill(card).catch(() => {});
    return card.whole;
  }

  /** Goes on with the cards that are there, and tells so. */
  cutOff() {
    this.deck.notice.textContent = words.onlyThese;
    this.#isCutOff = true;
  }

  /** The cards of today that the address lets in, in their order. */
  chosen() {
    this.ahead = new Set();
    return this.elements(this.today().slice(0, limit()));
  }

  /** All that is to be asked today, in its order. */
  today() {
    const [now, room] = [Date.now(), this.#room()];
    const tomorrow = dayEnd(now);
    /** @type {Record<"fresh" | "reviews" | "ready" | "waiting", Candidate[]>} */
    const { fresh, reviews, ready, waiting } = { fresh: [], reviews: [], ready: [], waiting: [] };
    for (const card of this.asked(now)) {
      const { entry, schedule } = card;
      if (room.siblings.has(entry.id)) continue;
      if (isNew(schedule)) fresh.push(card);
      else if (!isDue(schedule, tomorrow)) continue;
      else if (!waits(schedule)) reviews.push(card);
      else (dueOf(card) > now ? waiting : ready).push(card);
    }
    ready.push(...soonest(reviews, room.reviews));
    ready.sort(sooner);
    waiting.sort(sooner);
    const order = (/** @type {Candidate[]} */ cards) => this.#seeded?.(cards, seed(), ({ entry }) => entry.id) ?? cards;
    const begun = order(fresh).slice(0, room.fresh);
    return [...order([...ready, ...begun]), ...waiting];
  }

  /**
   * Lays out what comes after a grade. A card that is being learned comes back when its minutes are
   * over, or when nothing else is left.
   * @param {{due: number, state?: string}} [outcome] for the card on top; none before there is a scheduler
   */
  graded(outcome) {
    const { card, round, at, grades } = this.deck;
    const now = Math.max(Date.now(), this.schedule(card)?.last ?? 0);
    // A missed card is due in a minute.
    const { due, state = grades.get(card) === "again" ? "learning" : "review" } = outcome ?? { due: now + 60_000 };
    const rest = round.slice(at + 1).filter((each) => each !== card);
    if (state !== "review") rest.push(card);
    const turn = (/** @type {FlashCard} */ each) => {
      if (each === card) return due;
      const schedule = this.schedule(each);
      return schedule && waits(schedule) ? schedule.due : now;
    };
    const turns = new Map(rest.map((each) => [each, turn(each)]));
    rest.sort((a, b) => (turns.get(a) ?? 0) - (turns.get(b) ?? 0));
    this.deck.round = [...round.slice(0, at + 1), ...rest];
  }

  /** Tells in the deck's line how much there is to do. */
  tell() {
    const { deck } = this;
    const line = deck.querySelector(".flash-today");
    if (!line) return;
    const rest = new Set(deck.dataset.state === "done" ? [] : deck.round.slice(deck.at));
    const open = [...rest].filter((card) => !deck.grades.has(card));
    const fresh = open.filter((card) => isNew(this.schedule(card))).length;
    const isAhead = (fresh && fresh > this.#room().fresh) || open.some((card) => this.ahead.has(card) && !isForToday(this.schedule(card)));
    if (!rest.size) line.textContent = "";
    else line.textContent = isAhead ? say(words.beyond, { n: rest.size }) : today(rest.size - fresh, fresh);
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
      siblings: new Set(recent.filter(({ card, prompt }) => prompt !== this.deck.prompt(card)).map(({ card }) => card)),
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
    const found = [];
    for (const entry of this.entries) {
      if (topic && entry.topic !== topic) continue;
      if (wanted.length && !entry.tags.some((tag) => wanted.includes(tag))) continue;
      if (this.#isCutOff && !this.cards.get(entry.id)?.whole) continue;
      const prompt = this.deck.prompt(entry.id);
      if (prompt !== undefined) found.push({ entry, schedule: this.record.schedule(entry.id, prompt) });
    }
    return found;
  }

  /** @param {number} now */
  asked(now) {
    // A card that is set aside is not asked in another way either.
    const isAside = (/** @type {Candidate} */ { entry }) => !mayBeAsked(this.record.schedule(entry.id), now);
    return this.candidates().filter((card) => mayBeAsked(card.schedule, now) && !isAside(card));
  }

  /** @param {Candidate[]} cards */
  elements(cards) {
    return cards.map(({ entry }) => {
      const card = this.cards.get(entry.id) ?? /** @type {FlashCard} */ (this.#rest?.element(entry));
      this.cards.set(entry.id, card);
      return card;
    });
  }

  /** @param {FlashCard} card */
  schedule(card) {
    return this.record.schedule(id(card), this.deck.prompt(id(card)));
  }
}

/**
 * What a session still has.
 * @param {number} due
 * @param {number} fresh
 */
function today(due, fresh) {
  if (!due) return say(words.todayNew, { n: fresh });
  return say(fresh ? words.todayAndNew : words.today, { n: due, fresh: say(words.fresh, { n: fresh }) });
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

/** @param {Schedule | undefined} schedule */
export function isForToday(schedule) {
  return isNew(schedule) || isDue(schedule, dayEnd(Date.now()));
}

/**
 * Whether a card is being learned, in steps of minutes.
 * @param {Schedule | undefined} schedule
 */
export function waits(schedule) {
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
export function sooner(a, b) {
  return dueOf(a) - dueOf(b);
}

/**
 * The cards of a large deck that are due first: to sort all of them would take longer than to find these.
 * @param {Candidate[]} cards
 * @param {number} most how many
 */
function soonest(cards, most) {
  const last = Float64Array.from(cards, dueOf).sort()[Math.min(most, cards.length) - 1];
  return cards.filter((card) => dueOf(card) <= last).sort(sooner).slice(0, most);
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
export function limit(most = Infinity) {
  const wanted = Number(new URLSearchParams(location.search).get("limit"));
  return Number.isInteger(wanted) && wanted > 0 ? Math.min(wanted, most) : most;
}

/** What gives two readers the same order, by the address. */
function seed() {
  return new URLSearchParams(location.search).get("seed") ?? "";
}

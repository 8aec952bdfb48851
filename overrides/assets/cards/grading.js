/*
 * What follows a turn in a <flash-deck>: the grades and the intervals that they give, the record,
 * undo, and the keys that can be switched off. The deck fetches it at the first turn.
 *
 * How an answer becomes a grade, in each mode:
 *
 *   mode | answer                                    | grade
 *   flip | Again, Hard, Good or Easy, as one presses | again, hard, good, easy
 */
import { button, make } from "./dom.js";
import { interval, words } from "./grading-words.js";
import { pressButton } from "./keyboard.js";
import { openRecord } from "./record.js";
import { bringSheet } from "./sheet.js";

/** @typedef {import("./flash-card.js").FlashCard} FlashCard */
/** @typedef {import("./flash-deck.js").FlashDeck} FlashDeck */
/** @typedef {import("./flash-deck.js").Grade} Grade */
/** @typedef {import("./record.js").CardRecord} CardRecord */
/** @typedef {import("./scheduler.js").RecordedEvent} RecordedEvent */

/** @type {Record<string, string>} the button that each key presses */
const KEYS = {
  1: "[data-grade=again]",
  2: "[data-grade=hard]",
  3: "[data-grade=good]",
  4: "[data-grade=easy]",
  u: "[data-do=undo]",
  s: "[data-do=shuffle]",
  "?": "[data-do=more]",
};

/** @type {WeakSet<CardRecord>} those of which was told that they keep nothing for long */
const toldOf = new WeakSet();

export class Grading {
  /** @type {{round: FlashCard[], grades: FlashDeck["grades"], at: number, taken: Promise<Partial<RecordedEvent>>}[]} */
  #past = [];
  /** @type {Promise<unknown>} the event that was recorded last */
  #last = Promise.resolve();
  /** @type {Promise<CardRecord> | undefined} */
  #opening;
  /** @type {CardRecord | undefined} */
  #record;
  /** @type {import("./study-session.js").Session | undefined} */
  session;

  /** @param {FlashDeck} deck */
  constructor(deck) {
    this.deck = deck;
  }

  /** The record, opened when it is first asked for. */
  open() {
    return (this.#opening ??= this.#open());
  }

  async #open() {
    const [record, found] = await Promise.all([
      openRecord(this.deck.dataset.deck ?? "", { formerly: renames() }),
      // Offline it may not be there. Then the deck goes on as a plain round.
      this.isQuiz ? undefined : import("./study-session.js").catch(() => undefined),
      bringSheet(this.deck),
    ]);
    // The record outlives the decks of pages that one has left.
    const changed = () => {
      if (!this.deck.isConnected) record.removeEventListener("change", changed);
      else if (this.deck.dataset.state === "answered") this.turned();
    };
    record.addEventListener("change", changed);
    this.#record = record;
    this.session = found && new found.Session(this.deck, record);
    if (await this.session?.begin()) await this.#end();
    return record;
  }

  /** Whether this is a chapter's quiz, of which a reader may want no record. */
  get isQuiz() {
    return !this.deck.closest("study-board");
  }

  /** Whether answers are kept. */
  get keeps() {
    return !this.isQuiz || this.#record?.setting("recordQuizzes");
  }

  /** Whether keys that are single characters press buttons; nothing before that is known. */
  get takesKeys() {
    return this.#record?.setting("keys");
  }

  /** What is known of the card on top; nothing of a new one. */
  get schedule() {
    return this.#record?.schedule(this.deck.card.dataset.card ?? "");
  }

  /** Shows what each grade would lead to; offline, without the scheduler, grades do without. */
  async turned() {
    const [record, scheduler] = await Promise.all([this.open(), import("./scheduler.js").catch(() => undefined)]);
    this.advise();
    if (!scheduler) return;
    // As the scheduler has it: a clock that was set back does not make time run backwards.
    const now = Math.max(Date.now(), this.schedule?.last ?? 0);
    const would = scheduler.outcomes(this.schedule, now, { retention: record.setting("retention") });
    for (const small of this.deck.querySelectorAll("[data-grade] > small")) {
      const grade = small.parentElement;
      const { due } = would[/** @type {Grade} */ (grade?.dataset.grade)];
      const { short, long } = interval(due - now);
      small.textContent = this.keeps ? short : "";
      grade?.setAttribute("aria-description", this.keeps ? words.comesBack(long) : "");
    }
  }

  /** Writes on the card's back what its learner should know before the next grade. */
  advise() {
    const { card } = this.deck;
    const { schedule } = this;
    card.querySelector(".flash-advice")?.remove();
    const advice = [];
    if (schedule?.reps && schedule.revision < revision(card))
      advice.push(words.revised, button({ "data-do": "reset" }, words.afresh));
    else if (schedule?.leech) {
      const href = card.querySelector(".flash-entry a")?.getAttribute("href") ?? "";
      advice.push(words.leech(schedule.lapses), make("a", { href }, words.readEntry));
    }
    if (advice.length) card.querySelector(".flash-back .flash-text")?.after(make("p", { class: "flash-advice" }, ...advice));
  }

  /** @param {HTMLButtonElement} pressed */
  press(pressed) {
    const { deck } = this;
    const { do: action, grade } = pressed.dataset;
    // Whatever is chosen in the panel closes it.
    const panel = pressed.closest("[popover]");
    if (panel instanceof HTMLElement) panel.hidePopover();
    if (grade) this.#grade(/** @type {Grade} */ (grade));
    else if (action === "undo") this.#undo();
    else if (action === "shuffle" || action === "restart" || action === "ahead") this.#begin(action);
    else if (action === "missed") deck.restart(deck.round.filter((card) => deck.grades.get(card) === "again"));
    else if (action === "more") this.#fillMore();
    else if (action === "bury" || action === "suspend") this.#setAside(action);
    else if (action === "resume") this.#resume();
    else if (action === "reset") this.#reset();
    else if (action === "keep") this.#keepOrNot();
  }

  /** @param {string} key */
  async key(key) {
    await this.open();
    if (this.takesKeys) pressButton(this.deck, KEYS[key]);
  }

  /**
   * Begins a round.
   * @param {"shuffle" | "restart" | "ahead"} action
   */
  async #begin(action) {
    await this.open();
    const { deck, session } = this;
    const before = action === "shuffle" ? words.shuffled : "";
    if (!session) return deck.restart(action === "restart" ? deck.all : shuffled(deck.round), before);
    const cards = await (action === "ahead" ? session.beginAhead() : session.chosen(action === "shuffle"));
    if (!cards.length) return this.finish();
    deck.restart(cards, before);
    session.tell();
  }

  async #end() {
    const { endRound } = await import("./round-end.js");
    const line = endRound(this.deck, this.#past.length > 0, this.session);
    this.session?.tell();
    return line;
  }

  /** Ends the round. */
  async finish() {
    // The end of a session tells what has come of its last grade.
    if (this.session) await this.#last;
    // Fetched before: what has the focus is hidden by the end, which must hand it on at once.
    const { leadTo } = await import("./round-end.js");
    leadTo(this.deck, await this.#end());
    // The last grade is told before the end is.
    await this.#last;
    const ids = (/** @type {boolean} */ missed) =>
      this.deck.round
        .filter((card) => this.deck.grades.has(card) && (this.deck.grades.get(card) === "again") === missed)
        .map((card) => card.dataset.card);
    const detail = { got: ids(false), missed: ids(true) };
    this.deck.dispatchEvent(new CustomEvent("flash-deck:done", { bubbles: true, detail }));
  }

  /**
   * Sets whether answers are kept from now on.
   * @param {boolean} wanted
   */
  async keep(wanted) {
    const record = await this.open();
    record.set("recordQuizzes", wanted);
    if (this.deck.dataset.state === "answered") this.turned();
  }

  async #fillMore() {
    const [{ fillMore }, record] = await Promise.all([import("./more.js"), this.open(), this.#last]);
    fillMore(this, record);
  }

  async #keepOrNot() {
    await this.keep(!this.keeps);
    this.#tellKept();
  }

  /** @param {Grade} grade */
  async #grade(grade) {
    const { deck } = this;
    const { card } = deck;
    if (deck.dataset.state !== "answered") return;
    const mode = deck.getAttribute("mode") ?? "flip";
    const taken = this.#take({ kind: "review", grade, mode, revision: revision(card) });
    deck.grades.set(card, grade);
    this.session?.graded(grade);
    deck.next();
    this.session?.tell();
    const detail = await taken;
    card.dispatchEvent(new CustomEvent("flash-card:grade", { bubbles: true, detail }));
    this.#tellOnce();
  }

  /**
   * Records what was done with the card on top, and remembers how things stood, for undo.
   * @param {Partial<RecordedEvent>} event
   */
  #take(event) {
    const { round, grades, at, card } = this.deck;
    const whole = { ...event, card: card.dataset.card, at: Date.now() };
    const add = (/** @type {CardRecord} */ record) =>
      event.kind === "review" && !this.keeps ? whole : record.add(whole);
    const taken = this.open().then(add);
    this.#last = taken;
    this.#past.push({ round, grades: new Map(grades), at, taken });
    this.#offerUndo();
    return taken;
  }

  #undo() {
    const past = this.#past.pop();
    if (!past) return;
    this.#offerUndo();
    this.deck.notice.replaceChildren();
    this.deck.round = past.round;
    this.deck.grades = past.grades;
    this.deck.go(past.at, words.undone);
    this.session?.tell();
    this.#last = this.#takeBack(past.taken);
  }

  /** @param {Promise<Partial<RecordedEvent>>} taken */
  async #takeBack(taken) {
    const { id, card } = await taken;
    // What was not recorded has no id.
    if (id) await (await this.open()).add({ kind: "undo", card, undoes: id });
  }

  #offerUndo() {
    const undo = this.deck.querySelector(":scope > div > [data-do=undo]");
    undo?.setAttribute("aria-disabled", String(!this.#past.length));
  }

  /** @param {"bury" | "suspend"} kind */
  #setAside(kind) {
    const { deck } = this;
    const { card } = deck;
    this.#take({ kind });
    deck.round = deck.round.filter((each, place) => place < deck.at || each !== card);
    if (deck.at < deck.round.length) deck.go(deck.at);
    else this.finish();
    deck.notice.textContent = words.isAside[kind](card.term);
  }

  #resume() {
    this.#take({ kind: "resume" });
    this.deck.notice.textContent = words.isAsked(this.deck.card.term);
  }

  async #reset() {
    const { deck } = this;
    await this.#take({ kind: "reset", revision: revision(deck.card) });
    deck.focusTurn();
    deck.notice.textContent = words.isAfresh;
  }

  /** Says once where answers are kept, or that they cannot be. */
  #tellOnce() {
    const record = this.#record;
    if (!record || !this.keeps) return;
    if (!record.kept) {
      if (!toldOf.has(record)) this.deck.notice.textContent = words.cannotKeep[record.why] ?? words.cannotKeep.denied;
      toldOf.add(record);
    } else if (this.isQuiz && !record.setting("toldOfKeeping")) {
      record.set("toldOfKeeping", true);
      this.#tellKept();
    }
  }

  #tellKept() {
    const focused = this.deck.notice.contains(document.activeElement);
    const [text, label] = this.keeps ? [words.kept, words.turnOff] : [words.notKept, words.turnOn];
    const turn = button({ "data-do": "keep" }, label);
    this.deck.notice.replaceChildren(text, " ", turn);
    if (focused) turn.focus();
  }
}

/** @param {FlashCard[]} round */
function shuffled(round) {
  const cards = [...round];
  for (let last = cards.length - 1; last > 0; last--) {
    const other = Math.floor(Math.random() * (last + 1));
    [cards[last], cards[other]] = [cards[other], cards[last]];
  }
  return cards;
}

/** @param {FlashCard} card */
function revision(card) {
  return Number(card.dataset.revision) || 1;
}

/** The ids that cards of this page had, and now have. */
export function renames() {
  /** @type {{[old: string]: string}} */
  const names = {};
  /** @type {NodeListOf<FlashCard>} */
  const renamed = document.querySelectorAll("flash-card[data-formerly]");
  for (const { dataset } of renamed)
    for (const old of dataset.formerly?.split(" ") ?? []) names[old] = dataset.card ?? "";
  return names;
}

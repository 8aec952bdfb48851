/*
 * What follows a turn in a <flash-deck>: the grades, the intervals that they give, and the record of
 * them. What else one can do stands in actions.js.
 *
 * How an answer becomes a grade, in each mode:
 *
 *   mode            | answer                                    | grade
 *   flip, reverse   | Again, Hard, Good or Easy, as one presses | again, hard, good, easy
 *   choose          | right; right after a hint; wrong          | good; hard; again
 *   type, cloze     | right; after a hint, or nearly; wrong     | good; hard; again, unless one overrules
 *   match           | right at once; later                      | good; again
 *   test            | right; nearly; wrong                      | good; hard; again
 */
import { say, tag } from "../words/say.js";
import { wordsOf } from "../words/words.js";
import { pressButton } from "./dom.js";
import { open } from "./opening.js";
import { recordOf } from "./record.js";
import { words } from "./words.js";

/** @typedef {import("./flash-card.js").FlashCard} FlashCard */
/** @typedef {import("./flash-deck.js").FlashDeck} FlashDeck */
/** @typedef {import("./flash-deck.js").Grade} Grade */
/** @typedef {import("./record.js").CardRecord} CardRecord */
/** @typedef {import("./types.d.ts").RecordedEvent} RecordedEvent */
/** @typedef {import("./types.d.ts").Schedule} Schedule */

/** @type {Record<string, string>} the button that each key presses */
const KEYS = {
  1: "[data-option='1'], [data-grade=again]",
  2: "[data-option='2'], [data-grade=hard]",
  3: "[data-option='3'], [data-grade=good]",
  4: "[data-option='4'], [data-grade=easy]",
  u: "[data-do=undo]",
  s: "[data-do=shuffle]",
  "?": "[data-do=more]",
};

const { comesBack } = wordsOf("grading");

export class Grading {
  /**
   * What was done, with how things stood before; `corrects`: what took back the grade that this one is for.
   * @type {{round: FlashCard[], grades: FlashDeck["grades"], at: number, schedule?: Schedule, isGrade: boolean,
   *   taken: Promise<Partial<RecordedEvent>>, corrects?: Promise<Partial<RecordedEvent> | undefined>}[]}
   */
  past = [];
  /** @type {Promise<unknown>} the event that was recorded last */
  last = Promise.resolve();
  /** @type {CardRecord | undefined} */
  #record;
  /** @type {typeof import("./scheduler.js") | undefined} */
  #scheduler;
  /** @type {typeof import("./actions.js") | undefined} */
  #actions;

  /** @param {FlashDeck} deck */
  constructor(deck) {
    this.deck = deck;
  }

  /** The record, opened when it is first asked for. */
  async open() {
    const record = await open(this.deck);
    if (this.#record) return record;
    const changed = (/** @type {any} */ { detail }) => {
      const { deck } = this;
      // The record outlives the decks of pages that one has left.
      if (!deck.isConnected) return record.removeEventListener("change", changed);
      // What was deleted cannot be taken back.
      if (detail.cleared) this.forget();
      const isOnTop = detail.cleared || detail.cards.includes(deck.card?.dataset.card);
      if (isOnTop && deck.card && deck.dataset.state === "answered") this.turned();
    };
    record.addEventListener("change", changed);
    return (this.#record = record);
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
    return this.#record?.schedule(this.deck.card.dataset.card ?? "", this.deck.prompt());
  }

  /** Takes away what the grades said of the card before. */
  shown() {
    for (const small of this.deck.querySelectorAll("[data-grade] > small")) small.textContent = "";
    this.deck.notice.querySelector(".flash-hint")?.remove();
    this.advise();
    this.read();
  }

  /** Reads the side that shows, where that is wanted. */
  read() {
    if (this.#record?.setting("aloud")) import("./speech.js").then(({ read }) => read(this.deck), () => {});
  }

  /** Shows what each grade would lead to; offline, without the scheduler, grades do without. */
  async turned() {
    [, this.#scheduler] = await Promise.all([this.open(), import("./scheduler.js").catch(() => this.#scheduler)]);
    this.advise();
    const { now, would } = this.#outcomes();
    if (!would) return;
    for (const small of this.deck.querySelectorAll("[data-grade] > small")) {
      const grade = small.parentElement;
      const { due } = would[/** @type {Grade} */ (grade?.dataset.grade)];
      const { length, when } = interval(due - now);
      small.textContent = this.keeps ? length : "";
      grade?.setAttribute("aria-description", this.keeps ? say(comesBack, { when }) : "");
    }
  }

  /** What each grade would lead to now. */
  #outcomes() {
    const { schedule } = this.#graded ?? this;
    // As the scheduler has it: a clock that was set back does not make time run backwards.
    const now = Math.max(Date.now(), schedule?.last ?? 0);
    return { now, would: this.#scheduler?.outcomes(schedule, now, { retention: this.#record?.setting("retention") }) };
  }

  /** The grade that the card on top has been given in this place: who has gone back to it corrects that. */
  get #graded() {
    const { at, card, grades } = this.deck;
    if (grades.has(card)) return this.past.findLast((each) => each.isGrade && each.at === at && each.round[at] === card);
  }

  /** Has written on the card's back what its learner should know before the next grade. */
  async advise() {
    const { card } = this.deck;
    const { schedule } = this;
    card.querySelector(".flash-advice")?.remove();
    if (!schedule) return;
    const isRevised = schedule.reps > 0 && schedule.revision < revision(card);
    if (!isRevised && !schedule.leech) return;
    const found = await import("./advice.js").catch(() => undefined);
    found?.advise(card, schedule, isRevised);
  }

  /** @param {HTMLButtonElement} pressed */
  press(pressed) {
    const { do: action, grade } = pressed.dataset;
    // Whatever is chosen in the panel closes it.
    const panel = pressed.closest("[popover]");
    if (panel instanceof HTMLElement) panel.hidePopover();
    if (grade) this.#grade(/** @type {Grade} */ (grade));
    else if (action) this.#act(action);
  }

  /** @param {string} key */
  async key(key) {
    const { card } = this.deck;
    await this.open();
    if (this.takesKeys && card === this.deck.card) pressButton(this.deck, KEYS[key]);
  }

  /** @param {string} action */
  async #act(action) {
    const actions = await this.#fetched();
    if (actions) actions.act(this, action);
    else this.deck.notice.textContent = words.notFetched;
  }

  async #fetched() {
    return (this.#actions ??= await import("./actions.js").catch(() => undefined));
  }

  /** Ends the round. */
  async finish() {
    const { deck } = this;
    try {
      // The end of a session tells what has come of its last grade.
      if (deck.session) await this.last;
      const { finish } = await import("./round-end.js");
      await finish(this);
    } catch {
      // The last card is asked again: so one can try again, and grades nothing twice.
      if (!deck.round.length) deck.round = deck.all;
      deck.show(Math.min(deck.at, deck.round.length - 1));
      deck.notice.textContent = words.notFetched;
    }
  }

  /** @param {Grade} grade */
  #grade(grade) {
    const { deck } = this;
    if (deck.dataset.state !== "answered") return;
    const given = this.give(grade);
    deck.next();
    deck.session?.tell();
    return given;
  }

  /**
   * Records a grade for the card on top, and lays out what that leads to.
   * @param {Grade} grade
   */
  async give(grade) {
    const { deck } = this;
    const { card } = deck;
    // What was said of the card before; what can be pressed stays.
    if (!deck.notice.firstElementChild) deck.notice.textContent = "";
    const mode = deck.asking?.mode ?? "flip";
    const outcome = this.#outcomes().would?.[grade];
    const before = this.#graded;
    const taken = this.take({ kind: "review", grade, mode, revision: revision(card) });
    if (before) this.past[this.past.length - 1].corrects = this.#fetched().then((actions) => actions?.takeBack(this, before.taken));
    deck.grades.set(card, grade);
    deck.session?.graded(outcome);
    const detail = await taken;
    card.dispatchEvent(new CustomEvent("flash-card:grade", { bubbles: true, detail }));
    (await this.#fetched())?.tellOnce(this);
  }

  /**
   * Records what was done with the card on top, and remembers how things stood, for undo.
   * @param {Partial<RecordedEvent>} event
   */
  take(event) {
    const { schedule } = this.#graded ?? this;
    const { round, grades, at, card } = this.deck;
    const prompt = this.deck.prompt() || undefined;
    const whole = { ...event, card: card.dataset.card, prompt, at: Date.now() };
    const add = async () => (event.kind === "review" && !this.keeps ? whole : recordOf(this.deck.dataset.deck ?? "").add(whole));
    // Whether a quiz is recorded is known when the record is open; else nothing waits for that.
    const taken = this.#record || !this.isQuiz ? add() : this.open().then(add);
    this.last = taken;
    this.past.push({ round, grades: new Map(grades), at, schedule, isGrade: event.kind === "review", taken });
    this.offerUndo();
    return taken;
  }

  /** Lets nothing of what was done be taken back. */
  forget() {
    this.past = [];
    this.offerUndo();
  }

  offerUndo() {
    const undo = this.deck.querySelector(":scope > div > [data-do=undo]");
    undo?.setAttribute("aria-disabled", String(!this.past.length));
  }
}

/** @param {FlashCard} card */
export function revision(card) {
  return Number(card.dataset.revision) || 1;
}

const [MINUTE, HOUR, DAY] = [60_000, 3_600_000, 86_400_000];

/** @type {[most: number, length: number, unit: "minute" | "hour" | "day" | "month" | "year"][]} */
const UNITS = [
  [60, MINUTE, "minute"],
  [24, HOUR, "hour"],
  [60, DAY, "day"],
  [24, 30.44 * DAY, "month"],
  [Infinity, 365.25 * DAY, "year"],
];

/**
 * A length of time in whole units, short for the eye, and when it is over, for the ear: "4 days", "in 4 days".
 * @param {number} ms
 */
export function interval(ms) {
  for (const [most, long, unit] of UNITS) {
    const n = Math.round(Math.max(ms, MINUTE) / long);
    if (n >= most) continue;
    const length = n.toLocaleString(tag, { style: "unit", unit, unitDisplay: "short" });
    return { length, when: new Intl.RelativeTimeFormat(tag).format(n, unit) };
  }
  throw new RangeError(`No interval: ${ms}`);
}

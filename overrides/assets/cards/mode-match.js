/*
 * Match: some terms and their gists, to be brought together two and two. A term is taken first, then
 * what it means, or the other way round; a mouse may also drag one onto the other.
 */
import { say } from "../words/say.js";
import { wordsOf } from "../words/words.js";
import { asksOf } from "./asks.js";
import { button, make } from "./dom.js";
import { seeded } from "./seed.js";

/** @typedef {import("./flash-card.js").FlashCard} FlashCard */
/** @typedef {import("./modes.js").Question} Question */
/** @typedef {{card: FlashCard, side: "term" | "gist", button: HTMLButtonElement}} Tile */

const words = wordsOf("match");

const AT_ONCE = 5; // pairs
const FEWEST = 3; // meanings to choose from

/** @type {Promise<unknown>} the grade that was given last */
let graded = Promise.resolve();

/** @type {import("./modes.js").Way} */
export const way = {
  invites: words.invites,
  isOfMany: true,
  settled: () => graded,
  ask(question) {
    const { deck } = question;
    const left = [...new Set(deck.round.slice(deck.at))];
    // A pair alone is left for no round of its own.
    const next = left.slice(0, left.length === AT_ONCE + 1 ? AT_ONCE + 1 : AT_ONCE);
    const cards = next.filter((card) => card.whole);
    for (const card of cards) {
      // One that came later stands nowhere yet, and would take itself for a card alone.
      card.hidden = true;
      if (!card.isConnected) deck.querySelector(".flash-bar")?.before(card);
      card.build();
    }
    const board = new Board(question, cards);
    deck.uncover();
    if (cards.length < next.length) bringRest(question, board, next);
  },
};

/**
 * Lays out the pairs anew when the cards are there whose text was not, unless one has begun with those
 * that were.
 * @param {Question} question
 * @param {Board} board
 * @param {FlashCard[]} cards
 */
async function bringRest({ asking, deck }, board, cards) {
  const there = await Promise.all(cards.map((card) => card.whole || deck.session?.bring(card)));
  const isUntouched = asking === deck.asking && board.room.isConnected && board.isUntouched;
  if (isUntouched && there.filter(Boolean).length > board.left) deck.show(deck.at);
}

class Board {
  /** @type {Tile[]} */
  #tiles = [];
  /** @type {Tile | undefined} */
  #taken;
  /** @type {Set<FlashCard>} those of which a wrong pair was made */
  #missed = new Set();
  #isLast = false;
  #line = make("p", { class: "flash-verdict", role: "status" });

  /**
   * @param {Question} question
   * @param {FlashCard[]} cards
   */
  constructor(question, cards) {
    this.deck = question.deck;
    this.room = question.room;
    this.left = cards.length;
    const gists = new Map(cards.map((card) => [card, asksOf(card).right]));
    // So that the last pair is a question too.
    const decoys = this.deck.all.filter((card) => card.whole && !cards.includes(card)).slice(0, Math.max(0, FEWEST - cards.length));
    for (const decoy of decoys) gists.set(decoy, asksOf(decoy).right);
    const columns = /** @type {const} */ (["term", "gist"]).map((side) => {
      const order = seeded(side === "term" ? cards : [...cards, ...decoys], `${question.seed} ${side}`, (card) => card.dataset.card ?? "");
      const label = side === "term" ? words.terms : words.gists;
      return make("div", { role: "group", "aria-label": label }, ...order.map((card) => this.#tile(card, side, gists.get(card))));
    });
    question.first = this.#tiles[0].button;
    this.room.append(make("div", { class: "flash-pairs" }, ...columns), this.#line);
  }

  /**
   * @param {FlashCard} card
   * @param {Tile["side"]} side
   * @param {HTMLElement | undefined} gist
   */
  #tile(card, side, gist) {
    const text = side === "term" ? [card.term] : [...(gist?.childNodes ?? [card.answer])];
    const made = button({ "aria-pressed": "false", draggable: "true", dir: "auto" }, make("span", {}, ...text));
    if (side === "gist" && gist?.lang) made.lang = gist.lang;
    /** @type {Tile} */
    const tile = { card, side, button: made };
    this.#tiles.push(tile);
    made.addEventListener("click", (event) => {
      event.stopPropagation();
      this.#take(tile);
    });
    made.addEventListener("keydown", (event) => this.#move(event, tile));
    made.addEventListener("dragstart", () => this.#hold(tile));
    made.addEventListener("dragover", (event) => event.preventDefault());
    made.addEventListener("drop", (event) => {
      event.preventDefault();
      if (this.#taken !== tile) this.#take(tile);
    });
    return made;
  }

  /**
   * The arrows lead through a column and from one to the other.
   * @param {KeyboardEvent} event
   * @param {Tile} tile
   */
  #move(event, { side, button }) {
    const way = { ArrowDown: 1, ArrowUp: -1, ArrowLeft: 0, ArrowRight: 0 }[event.key];
    if (way === undefined) return;
    const column = this.#tiles.filter((each) => (each.side === side) === Boolean(way));
    const at = (way ? column : this.#tiles.filter((each) => each.side === side)).findIndex((each) => each.button === button);
    column[(at + way + column.length) % column.length].button.focus();
    event.preventDefault();
    event.stopPropagation();
  }

  /** Whether nothing has been taken or paired yet. */
  get isUntouched() {
    return this.#tiles.every(({ button }) => button.ariaPressed === "false" && !button.ariaDisabled);
  }

  /** @param {Tile | undefined} tile */
  #hold(tile) {
    this.#taken = tile;
    for (const each of this.#tiles) each.button.ariaPressed = String(each === tile);
  }

  /** @param {Tile} tile */
  #take(tile) {
    const other = this.#taken;
    // What tells when a card comes back is fetched while one looks for the second of a pair.
    this.deck.later((grading) => grading.turned());
    if (tile.button.ariaDisabled) return;
    if (!other || other.side === tile.side) return this.#hold(other === tile ? undefined : tile);
    this.#hold(undefined);
    if (other.card === tile.card) this.#paired(tile.card);
    else {
      this.#missed.add((tile.side === "term" ? tile : other).card);
      this.#line.textContent = words.noPair;
    }
  }

  /** @param {FlashCard} card */
  #paired(card) {
    for (const each of this.#tiles) if (each.card === card) each.button.ariaDisabled = "true";
    this.left--;
    this.#line.textContent = say(words.right, { term: card.term, left: this.left ? say(words.left, { n: this.left }) : words.noneLeft });
    const grade = this.#missed.has(card) ? "again" : "good";
    graded = graded.then(() => this.deck.later((grading) => this.#grade(grading, card, grade)));
    if (!this.left) this.#end();
  }

  /**
   * Grades a card, as if it lay on top.
   * @param {import("./grading.js").Grading} grading
   * @param {FlashCard} card
   * @param {"again" | "good"} grade
   */
  #grade(grading, card, grade) {
    const { deck } = this;
    const { round, at } = deck;
    // Whatever is learned at which place, undo leads back to where the board began.
    deck.round = [...round.slice(0, at), card, ...round.slice(at).filter((each) => each !== card)];
    grading.give(grade);
    this.#isLast = deck.at === deck.round.length - 1;
    if (!this.#isLast) deck.at++;
    deck.session?.tell();
  }

  #end() {
    const onward = button({}, words.goOn);
    onward.addEventListener("click", async (event) => {
      event.stopPropagation();
      await graded;
      if (this.#isLast) this.deck.next();
      else this.deck.go(this.deck.at);
    });
    this.room.append(onward);
    onward.focus({ preventScroll: true });
  }
}

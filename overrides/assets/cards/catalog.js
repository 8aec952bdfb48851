/*
 * The cards of a study page: those that stand in it and those that it does without, because
 * `python -m macros finish` has put them into files beside it. The list of these is fetched with
 * the session, and a card when its turn comes.
 */
import { make } from "./dom.js";
import { FlashCard } from "./flash-card.js";

/**
 * A card as far as a session needs to know it before it is asked.
 * @typedef {{id: string, topic: string, tags: string[], file?: string}} Entry `file`: where its text is, if not in the page
 */
/** @typedef {{file: string, cards: {id: string, topic: string, tags?: string}[]}[]} List as the page's file has it */

/** @type {WeakMap<Element, Catalog>} */
const catalogs = new WeakMap();

/**
 * The catalog of a deck.
 * @param {HTMLElement} deck
 */
export function catalogOf(deck) {
  const known = catalogs.get(deck) ?? new Catalog(deck);
  catalogs.set(deck, known);
  return known;
}

export class Catalog {
  /** @type {Entry[]} in the order of the deck; those in the page, until the others are listed */
  cards;
  /** @type {Promise<void> | undefined} */
  #listing;
  /** @type {Map<string, FlashCard>} those of the page and those that were asked for, by id */
  #elements = new Map();
  /** @type {Map<FlashCard, string>} the file of each card that was not in the page */
  #files = new Map();
  /** @type {Map<string, Promise<Record<string, string>>>} what the files hold: the HTML of cards, by id */
  #fetched = new Map();

  /** @param {HTMLElement} deck */
  constructor(deck) {
    const { rest } = deck.dataset;
    this.address = rest && new URL(rest, document.baseURI).href;
    this.cards = [];
    for (const card of deck.querySelectorAll("flash-card")) {
      if (!(card instanceof FlashCard) || !card.whole) continue;
      const { card: id = "", topicId: topic = "", tags } = card.dataset;
      this.cards.push({ id, topic, tags: listed(tags) });
      this.#elements.set(id, card);
    }
  }

  /** Lists the cards that are not in the page; fails where that cannot be fetched now. */
  list() {
    this.#listing ??= this.#list();
    this.#listing.catch(() => (this.#listing = undefined));
    return this.#listing;
  }

  async #list() {
    if (!this.address) return;
    // The list of this very release: it alone names files that are there.
    const list = /** @type {List} */ (await fetched(this.address, { cache: "no-cache" }));
    for (const { file, cards } of list)
      for (const { id, topic, tags } of cards)
        if (!this.#elements.has(id)) this.cards.push({ id, topic, tags: listed(tags), file });
  }

  /**
   * The element of a card, which is empty until it is brought.
   * @param {Entry} entry
   */
  element({ id, file = "" }) {
    const known = this.#elements.get(id);
    if (known) return known;
    const made = new FlashCard();
    made.dataset.card = id;
    this.#elements.set(id, made);
    this.#files.set(made, file);
    return made;
  }

  /**
   * Whether a card can be shown without fetching anything.
   * @param {Entry} entry
   */
  has({ id }) {
    return this.#elements.get(id)?.whole ?? false;
  }

  /**
   * Fills a card that is not in the page. Tells whether it can be shown.
   * @param {FlashCard} card
   */
  async bring(card) {
    if (card.whole) return true;
    const html = await this.#htmlOf(card).catch(() => undefined);
    if (html && !card.whole) fill(card, html);
    return card.whole;
  }

  /** @param {FlashCard} card */
  async #htmlOf(card) {
    const address = new URL(this.#files.get(card) ?? "", this.address).href;
    const fetching = this.#fetched.get(address) ?? fetched(address);
    this.#fetched.set(address, fetching);
    // Another time it may be there.
    fetching.catch(() => this.#fetched.delete(address));
    return (await fetching)[card.dataset.card ?? ""];
  }
}

/**
 * @param {FlashCard} card
 * @param {string} html of the whole card
 */
function fill(card, html) {
  const template = make("template");
  template.innerHTML = html;
  const whole = template.content.firstElementChild;
  for (const { name, value } of whole?.attributes ?? []) card.setAttribute(name, value);
  card.append(...(whole?.childNodes ?? []));
}

/**
 * @param {string} address
 * @param {RequestInit} [options]
 */
async function fetched(address, options) {
  const response = await fetch(address, options);
  if (!response.ok) throw new Error(`${address}: ${response.status}`);
  return response.json();
}

/** @param {string} [text] */
function listed(text = "") {
  return text.split(" ").filter(Boolean);
}

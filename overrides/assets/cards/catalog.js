/*
 * The cards of a study page: those that stand in it, and those that it does without, because
 * `python -m macros finish` has put them into files beside it; see rest.js.
 */
import { FlashCard } from "./flash-card.js";

/**
 * A card as far as a session needs to know it before it is asked.
 * @typedef {{id: string, topic: string, tags: string[], file?: string}} Entry `file`: where its text is, if not in the page
 */

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
  cards = [];
  /** @type {Map<string, FlashCard>} those of the page and those that were asked for, by id */
  #elements = new Map();
  /** @type {Promise<import("./rest.js").Rest> | undefined} */
  #listing;

  /** @param {HTMLElement} deck */
  constructor(deck) {
    const { rest } = deck.dataset;
    this.address = rest && new URL(rest, document.baseURI).href;
    for (const card of deck.querySelectorAll("flash-card")) {
      if (!(card instanceof FlashCard) || !card.whole) continue;
      const { card: id = "", topicId: topic = "", tags = "" } = card.dataset;
      this.cards.push({ id, topic, tags: tags.split(" ") });
      this.#elements.set(id, card);
    }
  }

  /** Lists the cards that are not in the page; fails where that cannot be fetched now. */
  async list() {
    if (!this.address) return;
    this.#listing ??= this.#list(this.address);
    // Another time it may be there.
    this.#listing.catch(() => (this.#listing = undefined));
    await this.#listing;
  }

  /** @param {string} address */
  async #list(address) {
    const { Rest } = await import("./rest.js");
    const rest = new Rest(address);
    const entries = await rest.list();
    this.cards.push(...entries.filter(({ id }) => !this.#elements.has(id)));
    return rest;
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
    made.dataset.file = file;
    this.#elements.set(id, made);
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
    if (!card.whole) await this.#listing?.then((rest) => rest.fill(card)).catch(() => {});
    return card.whole;
  }
}

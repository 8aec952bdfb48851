/*
 * The cards that a study page does without: their list, fetched with the session, and their text,
 * fetched when their turn comes.
 */
import { make } from "./dom.js";

/** @typedef {import("./catalog.js").Entry} Entry */
/** @typedef {import("./flash-card.js").FlashCard} FlashCard */

export class Rest {
  /** @type {Map<string, Promise<Record<string, string>>>} what the files hold: the HTML of cards, by id */
  #files = new Map();

  /** @param {string} address of the list */
  constructor(address) {
    this.address = address;
  }

  /** @returns {Promise<Entry[]>} */
  async list() {
    // The list of this very release: it alone names files that are there.
    /** @type {{file: string, cards: {id: string, topic: string, tags?: string}[]}[]} */
    const files = await fetched(this.address, { cache: "no-cache" });
    return files.flatMap(({ file, cards }) =>
      cards.map(({ id, topic, tags = "" }) => ({ id, topic, tags: tags.split(" "), file })),
    );
  }

  /**
   * Gives a card its text; fails where that cannot be fetched now.
   * @param {FlashCard} card
   */
  async fill(card) {
    const { card: id = "", file = "" } = card.dataset;
    const address = new URL(file, this.address).href;
    const fetching = this.#files.get(address) ?? fetched(address);
    this.#files.set(address, fetching);
    // Another time it may be there.
    fetching.catch(() => this.#files.delete(address));
    const html = (await fetching)[id];
    if (card.whole) return;
    const template = make("template");
    template.innerHTML = html;
    const whole = template.content.firstElementChild;
    for (const { name, value } of whole?.attributes ?? []) card.setAttribute(name, value);
    card.append(...(whole?.childNodes ?? []));
  }
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

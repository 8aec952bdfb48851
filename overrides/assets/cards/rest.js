/*
 * The cards that a study page does without, because `python -m macros finish` has put them into
 * files beside it: their list, fetched with the session, and their text, fetched when it is their turn.
 */
import { make } from "./dom.js";
import { FlashCard } from "./flash-card.js";

/** @typedef {import("./study-session.js").Entry} Entry */

const PATIENCE = 5000; // ms that a file has to come

/** @type {Map<string, Rest>} */
const rests = new Map();

/**
 * What a deck's page does without; nothing where the page has all.
 * @param {HTMLElement} deck
 */
export function restOf({ dataset: { rest } }) {
  if (!rest) return undefined;
  const address = new URL(rest, document.baseURI).href;
  const known = rests.get(address) ?? new Rest(address);
  rests.set(address, known);
  return known;
}

class Rest {
  /** @type {Promise<Entry[]> | undefined} */
  #listing;
  /** @type {Map<string, Promise<Record<string, string>>>} what the files hold: the HTML of cards, by id */
  #files = new Map();

  /** @param {string} address of the list */
  constructor(address) {
    this.address = address;
  }

  /** The cards; fails where their list cannot be fetched now. */
  list() {
    this.#listing ??= this.#list();
    // Another time it may be there.
    this.#listing.catch(() => (this.#listing = undefined));
    return this.#listing;
  }

  async #list() {
    // The list of this very release: it alone names files that are there.
    /** @type {{file: string, cards: string[]}[]} */
    const files = await fetched(this.address, { cache: "no-cache" });
    return files.flatMap(({ file, cards }) =>
      cards.map((card) => {
        const [id, topic, ...names] = card.split(" ");
        const prompts = names.filter((name) => name.startsWith("+")).map((name) => name.slice(1));
        return { id, topic, tags: names.filter((name) => !name.startsWith("+")), prompts, file };
      }),
    );
  }

  /**
   * The element of a card, which has no text yet.
   * @param {Entry} entry
   */
  element({ id, file = "" }) {
    const made = new FlashCard();
    Object.assign(made.dataset, { card: id, file });
    return made;
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
 * Goes to a card of a session's round that is not there yet.
 * @param {import("./flash-deck.js").FlashDeck} deck
 * @param {number} at
 * @param {string} before what to say first
 */
export async function goOnceBrought(deck, at, before) {
  const { session } = deck;
  deck.ariaBusy = "true";
  if (!(await session?.bring(deck.round[at]))) {
    session?.cutOff();
    deck.round = deck.round.filter((card) => card.whole);
  }
  deck.ariaBusy = null;
  // Another tab may have left less of the round meanwhile.
  if (at < deck.round.length) deck.go(at, before);
  else deck.next();
  session?.tell();
}

/**
 * @param {string} address
 * @param {RequestInit} [options]
 */
async function fetched(address, options) {
  const response = await fetch(address, { signal: AbortSignal.timeout(PATIENCE), ...options });
  if (!response.ok) throw new Error(`${address}: ${response.status}`);
  return response.json();
}

/*
 * Opens what a deck's grades are kept in: the record and, on the study page, the session over it.
 *
 * Fetched at a reader's first sign, so that a turn waits for less. Nothing is read or stored before
 * `open` is called: at the first turn or press, or at once where there is a record.
 */
import { openRecord } from "./record.js";

/** @typedef {import("./flash-deck.js").FlashDeck} FlashDeck */
/** @typedef {{record: import("./record.js").CardRecord, session?: import("./study-session.js").Session}} Opened */

/** @type {WeakMap<FlashDeck, Promise<Opened>>} */
const opened = new WeakMap();

/**
 * The record and the session of a deck: one of each, whoever asks for them.
 * @param {FlashDeck} deck
 */
export function open(deck) {
  const opening = opened.get(deck) ?? begin(deck);
  opened.set(deck, opening);
  return opening;
}

/**
 * @param {FlashDeck} deck
 * @returns {Promise<Opened>}
 */
async function begin(deck) {
  const [record, found] = await Promise.all([
    openRecord(deck.dataset.deck ?? "", { formerly: renames() }),
    // Offline it may not be there. Then the deck goes on as a plain round.
    deck.closest("study-board") && import("./study-session.js").catch(() => undefined),
  ]);
  if (!found) return { record };
  const session = new found.Session(deck, record);
  if (await session.begin()) (await import("./round-end.js")).endRound(deck, false, session);
  return { record, session };
}

/** The ids that cards of this page had, and now have. */
export function renames() {
  /** @type {{[old: string]: string}} */
  const names = {};
  /** @type {NodeListOf<HTMLElement>} */
  const renamed = document.querySelectorAll("flash-card[data-formerly]");
  for (const { dataset } of renamed)
    for (const old of dataset.formerly?.split(" ") ?? []) names[old] = dataset.card ?? "";
  return names;
}

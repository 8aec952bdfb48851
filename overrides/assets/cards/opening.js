/*
 * Opens what a deck's grades are kept in: the record and, on the study page, the session over it.
 *
 * Fetched at a reader's first sign, so that a turn waits for less. Nothing is read or stored before
 * `open` is called: at the first turn or press, or at once where there is a record.
 */
import { openRecord } from "./record.js";

/** @typedef {import("./flash-deck.js").FlashDeck} FlashDeck */
/** @typedef {import("./record.js").CardRecord} CardRecord */

/** @type {WeakMap<FlashDeck, Promise<CardRecord>>} */
const opened = new WeakMap();

/**
 * The record of a deck, in which a session has begun where it stands in a <study-board>. Both are made
 * once, whoever asks for them.
 * @param {FlashDeck} deck
 */
export function open(deck) {
  const opening = opened.get(deck) ?? begin(deck);
  opened.set(deck, opening);
  opening.catch(() => opened.delete(deck));
  return opening;
}

/**
 * @param {FlashDeck} deck
 * @returns {Promise<CardRecord>}
 */
async function begin(deck) {
  const opening = openRecord(deck.dataset.deck ?? "", { formerly: renames() });
  const sessionOf = () => import("./study-session.js").then(({ Session }) => Session.of(deck, opening));
  const [record, session] = await Promise.all([
    opening,
    // Offline it may not be there. Then the deck goes on as a plain round.
    deck.closest("study-board") ? sessionOf().catch(() => undefined) : undefined,
  ]);
  deck.session = session;
  // Offline its end may not be there.
  if (await session?.begin()) await import("./round-end.js").then(({ endAtOnce }) => endAtOnce(deck), () => deck.restart(deck.all));
  const mode = session && new URLSearchParams(location.search).get("mode");
  if (mode) deck.setAttribute("mode", mode);
  return record;
}

/** The ids that cards of this page had, and now have; also those that it does without, see rest.js. */
export function renames() {
  /** @type {{[old: string]: string}} */
  const names = {};
  /** @type {NodeListOf<HTMLElement>} */
  const decks = document.querySelectorAll("flash-deck[data-renamed]");
  for (const { dataset } of decks)
    for (const [old, now] of dataset.renamed?.split(" ").map((pair) => pair.split(":")) ?? []) names[old] = now;
  /** @type {NodeListOf<HTMLElement>} */
  const renamed = document.querySelectorAll("flash-card[data-formerly]");
  for (const { dataset } of renamed)
    for (const old of dataset.formerly?.split(" ") ?? []) names[old] = dataset.card ?? "";
  return names;
}

/*
 * What cards are about, also those that are not in the page.
 */
import { restOf } from "./rest.js";

/** @typedef {import("./flash-card.js").FlashCard} FlashCard */

/**
 * The terms of cards by id, as far as they can be fetched now.
 * @param {import("./study-board.js").StudyBoard} board
 * @param {Set<string>} ids
 */
export async function termsOf(board, ids) {
  /** @type {Map<string, string>} */
  const terms = new Map();
  /** @type {NodeListOf<FlashCard>} */
  const here = board.querySelectorAll("flash-card");
  for (const card of here) if (card.whole) terms.set(card.dataset.card ?? "", card.term);
  const deck = /** @type {HTMLElement | null} */ (board.querySelector("flash-deck"));
  const rest = deck ? restOf(deck) : undefined;
  const others = (await rest?.list()) ?? [];
  const name = async (/** @type {(typeof others)[number]} */ entry) => {
    const card = rest?.element(entry);
    if (card) await rest?.fill(card);
    if (card) terms.set(entry.id, card.term);
  };
  await Promise.allSettled(others.filter(({ id }) => ids.has(id) && !terms.has(id)).map(name));
  return terms;
}

/*
 * Which cards of a session's round are still to be asked, now that the record has changed: by what
 * another tab or device has done, or by the round itself. Fetched with the first change.
 */
import { id, isForToday, mayBeAsked } from "./study-session.js";

/** @typedef {import("./flash-card.js").FlashCard} FlashCard */
/** @typedef {import("./study-session.js").Session} Session */

/**
 * Lets go what another tab has answered or set aside.
 * @param {Session} session
 * @param {{cards: string[], cleared?: boolean}} changed `cleared`: all was deleted
 */
export function heed(session, { cards, cleared }) {
  const { deck } = session;
  // A test has a round of its own.
  if (deck.session !== session) return;
  if (cleared) return session.begin(true);
  if (!deck.card || deck.dataset.state === "done") return;
  const changed = new Set(cards);
  deck.round = deck.round.filter((card, at) => at <= deck.at || !changed.has(id(card)) || isWanted(session, card));
  deck.tellPlace();
  session.tell();
}

/**
 * Whether a card of the round is still to be asked.
 * @param {Session} session
 * @param {FlashCard} card
 */
export function isWanted(session, card) {
  const { ahead, aheadSince } = session;
  const schedule = session.schedule(card);
  const isUnanswered = ahead.has(card) && (schedule?.last ?? 0) < aheadSince;
  return mayBeAsked(schedule, Date.now()) && (isUnanswered || isForToday(schedule));
}

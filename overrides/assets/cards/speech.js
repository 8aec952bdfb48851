/*
 * Reads a side of a card aloud, by a voice of the browser's own in the language of that side. Fetched
 * only where that is wanted.
 */
import { say, tag } from "../words/say.js";
import { wordsOf } from "../words/words.js";
import { spoken } from "./dom.js";

const words = wordsOf("speech");

// Counts what was begun: what waits for voices lets go when something else is to be read.
let turn = 0;

/**
 * Reads the side of the card on top that shows; whatever was being read ends.
 * @param {import("./flash-deck.js").FlashDeck} deck
 */
export async function read(deck) {
  const mine = stop();
  const { card } = deck;
  const text = card?.querySelector(`.flash-${card.side} .flash-text`);
  if (!text || card.hidden) return;
  const utterance = new SpeechSynthesisUtterance(spoken(text));
  utterance.lang = text.closest("[lang]")?.getAttribute("lang") ?? "";
  const language = utterance.lang.split("-")[0];
  const voices = await voicesOf();
  if (mine !== turn || !deck.isConnected) return;
  // Of its voices for a language a browser takes the one for the country, or its favorite.
  if (voices.length && !voices.some(({ lang }) => lang.split(/[-_]/)[0] === language))
    deck.notice.textContent = say(words.noVoice, { language: nameOf(language) });
  else speechSynthesis.speak(utterance);
}

/** Ends what is being read. */
export function stop() {
  speechSynthesis.cancel();
  return ++turn;
}

/** @param {string} language */
function nameOf(language) {
  return new Intl.DisplayNames(tag, { type: "language" }).of(language) ?? language;
}

/** The voices, which a browser may list only after it was asked. */
async function voicesOf() {
  const voices = speechSynthesis.getVoices();
  if (voices.length) return voices;
  await new Promise((go) => {
    speechSynthesis.addEventListener("voiceschanged", go, { once: true });
    setTimeout(go, 500);
  });
  return speechSynthesis.getVoices();
}

addEventListener("pagehide", stop);
// By instant navigation a page is left without that.
/** @type {any} */ (window).document$?.subscribe(stop);

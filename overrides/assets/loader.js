/* Fetches what the elements of a page need, when they need it, and nothing on a page without them. */

// The first signs of a reader, by mouse, finger, keyboard or another way. A turn comes after them.
const SIGNS = ["pointermove", "pointerdown", "keydown", "focusin", "scroll"];
const board = () => import("./cards/study-board.js");
const inSight = new IntersectionObserver((seen) => seen.some(({ isIntersecting }) => isIntersecting) && board());

/** @type {Record<string, (found: Element) => void>} */
const parts = {
  "flash-card": () => import("./cards/flash-card.js"),
  "flash-deck": () => {
    import("./cards/flash-deck.js");
    at(SIGNS, () => Promise.all([import("./cards/opening.js"), import("./cards/links.js"), import("./cards/time.js")]));
  },
  "glossary-index": () => import("./glossary-index.js"),
  "study-board": () => at(SIGNS, () => import("./cards/study-session.js")),
  // What stands under it waits for who has answered a card, or goes on down the page.
  "study-board > nav > :last-child": (end) => {
    at(["flash-card:grade"], board);
    at(["scroll"], async () => inSight.observe(end));
    at(["pointerover", "focusin"], board, end.parentElement);
  },
};

/**
 * @param {string[]} signs
 * @param {() => Promise<unknown>} fetch
 * @param {EventTarget | null} [where]
 */
function at(signs, fetch, where = window) {
  // What does not come now is asked for again by the next sign, or by what needs it.
  const quietly = () => fetch().catch(() => {});
  for (const sign of signs) where?.addEventListener(sign, quietly, { capture: true, once: true });
}

function load() {
  // First, since a long record takes longest to come.
  showRecord().catch(() => {}); // storage is denied, or one is offline
  for (const selector in parts) {
    const found = document.querySelector(selector);
    if (found) parts[selector](found);
  }
}

/*
 * Who only looks in fetches nothing of the record or of a session. Where there is a record, of which
 * storage.js leaves word, or where the address chooses cards, a session may begin with another card
 * than the page's first, so it is made at once.
 */
async function showRecord() {
  const stack = /** @type {any} */ (document.querySelector("study-board > flash-deck"));
  const begin = () => customElements.whenDefined("flash-deck").then(() => stack?.begin());
  if (location.search) begin();
  const deck = /** @type {HTMLElement | null} */ (document.querySelector("[data-deck]"))?.dataset.deck;
  if (!deck || !(`flash-record:${deck}` in localStorage)) return;
  // What a session needs comes with the deck, not after it.
  if (stack) Promise.allSettled([import("./cards/opening.js"), import("./cards/study-session.js")]);
  begin();
  if (document.querySelector("[data-card]:not(flash-deck > *)")) (await import("./cards/marks.js")).mark(deck);
}

// The theme says when instant navigation has brought another page.
const pages = /** @type {any} */ (window).document$;
if (pages) pages.subscribe(load);
else load();

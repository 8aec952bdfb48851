/* Fetches what the elements of a page need, and nothing on a page without them. */

// What stands under a session is fetched when its place comes into sight.
const inSight = new IntersectionObserver((seen) => {
  if (seen.some(({ isIntersecting }) => isIntersecting)) import("./cards/study-board.js").catch(() => {});
});

/** @type {Record<string, (found: Element) => void>} */
const parts = {
  "flash-card": () => import("./cards/flash-card.js"),
  "flash-deck": () => import("./cards/flash-deck.js"),
  "glossary-index": () => import("./glossary-index.js"),
  "term-map": () => import("./term-map.js"),
  ".figure-runs": () => import("./figures/near.js").then(({ watch }) => watch()),
  "study-board > nav > :last-child": (end) => inSight.observe(end),
};

/** @type {Promise<void>} ends when the page tells what it can of the record, see theme-later.js */
export let shown;

function load() {
  // First, since a long record takes longest to come. It fails where storage is denied, or offline.
  shown = showRecord().catch(() => {});
  for (const selector in parts) {
    const found = document.querySelector(selector);
    if (found) parts[selector](found);
  }
}

/*
 * Who only looks in fetches nothing of the record or of a session. Where there is a record, of which
 * record.js leaves word, or where the address chooses cards, a session may begin with another card
 * than the page's first, so it is made at once.
 */
async function showRecord() {
  const stack = /** @type {any} */ (document.querySelector("study-board > flash-deck"));
  const begin = async () => {
    if (!stack) return;
    // What a session needs comes with the deck, not after it.
    Promise.allSettled([import("./cards/opening.js"), import("./cards/study-session.js")]);
    await customElements.whenDefined("flash-deck");
    await stack.begin();
  };
  if (location.search) await begin();
  const deck = /** @type {HTMLElement | null} */ (document.querySelector("[data-deck]"))?.dataset.deck;
  if (!deck || !(`flash-record:${deck}` in localStorage)) return;
  await begin();
  if (document.querySelector("[data-card]:not(flash-deck > *)")) (await import("./cards/marks.js")).mark(deck);
}

/** Heeds the theme, which says when instant navigation has brought another page. */
export function follow() {
  const pages = /** @type {any} */ (window).document$;
  if (pages) pages.subscribe(load);
  else load();
}

follow();

/* Fetches what the elements of a page need, and nothing on a page without them. */

// What stands under the session waits for the first sign of a learner.
const SIGNS = ["scroll", "pointerdown", "keydown", "click"];
const board = () => import("./cards/study-board.js");

/** @type {Record<string, () => unknown>} */
const parts = {
  "flash-card": () => import("./cards/flash-card.js"),
  "flash-deck": () => import("./cards/flash-deck.js"),
  "glossary-index": () => import("./glossary-index.js"),
  "study-board": () => SIGNS.forEach((sign) => addEventListener(sign, board, { capture: true, once: true })),
};

function load() {
  for (const tag in parts) if (document.querySelector(tag)) parts[tag]();
}

// The theme says when instant navigation has brought another page.
const pages = /** @type {any} */ (window).document$;
if (pages) pages.subscribe(load);
else load();

/* Brings the script of a figure when its place comes near the window. */

const near = new IntersectionObserver(bring, { rootMargin: "75%" });

/** Looks after the figures of the page that is there now. */
export function watch() {
  for (const figure of document.querySelectorAll(".figure-runs:not(:defined)")) near.observe(figure);
}

/** @param {IntersectionObserverEntry[]} seen */
function bring(seen) {
  for (const { isIntersecting, target } of seen)
    if (isIntersecting) {
      near.unobserve(target);
      // Offline, or cut short as the page is left: the drawing stays.
      import(`./${target.localName.slice("fig-".length)}.js`).catch(() => {});
    }
}

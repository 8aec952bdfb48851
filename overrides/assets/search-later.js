/*
 * Lets the search's index wait until somebody turns to the search. It holds the text of the whole
 * site, the theme fetches it on every first page, and the theme has no setting for that. Where
 * this script does not fit the theme any more, the index comes at once, as it did.
 */

{
  const index = /\/search(\/search_index)?\.json$/;
  const { open, send } = XMLHttpRequest.prototype;
  /** @type {WeakSet<XMLHttpRequest>} */
  const later = new WeakSet();

  /** @type {Promise<void>} */
  const wanted = new Promise((resolve) => {
    // A link into the search, or from one of its results, which has its words marked.
    if (/[?&][hq]=/.test(location.search)) resolve();
    for (const kind of ["focusin", "pointerdown"])
      addEventListener(kind, (event) => {
        if (/** @type {Element} */ (event.target).closest(".md-header")) resolve();
      });
  });

  XMLHttpRequest.prototype.open = function (/** @type {any[]} */ ...given) {
    if (index.test(given[1])) later.add(this);
    return open.apply(this, /** @type {any} */ (given));
  };

  XMLHttpRequest.prototype.send = function (...given) {
    if (later.has(this)) wanted.then(() => send.apply(this, given));
    else send.apply(this, given);
  };
}

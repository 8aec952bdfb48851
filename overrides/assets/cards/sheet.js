import { make } from "./dom.js";

/** @type {WeakMap<Element, Promise<unknown>>} by link */
const coming = new WeakMap();

/**
 * Brings the sheet of what comes after the first turn, or with a record. It stands with what it is
 * for, since instant navigation clears the page's head. The promise is kept when it is there, or fails.
 * @param {Element} host
 */
export function bringSheet(host) {
  const href = String(new URL("later.css", import.meta.url));
  const there = document.querySelector(`body link[href="${href}"]`);
  if (there) return coming.get(there) ?? Promise.resolve();
  const link = make("link", { rel: "stylesheet", href });
  const brought = new Promise((go) => (link.onload = link.onerror = go));
  coming.set(link, brought);
  host.append(link);
  return brought;
}

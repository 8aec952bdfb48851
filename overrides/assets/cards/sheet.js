import { make } from "./dom.js";

/** @type {WeakMap<Element, Promise<unknown>>} by link */
const coming = new WeakMap();

/**
 * Brings a sheet, by default that of what comes after the first turn, or with a record. It stands with
 * what it is for, since instant navigation clears the page's head. The promise is kept when it is there,
 * or fails.
 * @param {Element} host
 * @param {URL} [address]
 */
export function bringSheet(host, address = new URL("later.css", import.meta.url)) {
  const href = String(address);
  const there = document.querySelector(`body link[href="${href}"]`);
  if (there) return coming.get(there) ?? Promise.resolve();
  const link = make("link", { rel: "stylesheet", href });
  const brought = new Promise((go) => (link.onload = link.onerror = go));
  coming.set(link, brought);
  host.append(link);
  return brought;
}

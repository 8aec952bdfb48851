import { make } from "./dom.js";

/**
 * Brings the sheet of what comes after the first turn, or with a record. It stands with what it is
 * for, since instant navigation clears the page's head. The promise is kept when it is there, or fails.
 * @param {Element} host
 */
export function bringSheet(host) {
  const href = String(new URL("later.css", import.meta.url));
  /** @type {HTMLLinkElement | null} */
  const there = document.querySelector(`body link[href="${href}"]`);
  const link = there ?? make("link", { rel: "stylesheet", href });
  if (!there) host.append(link);
  return new Promise((go) => (link.sheet ? go(link) : (link.onload = link.onerror = go)));
}

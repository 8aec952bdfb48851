/*
 * Lets the theme's script wait for the first card of a session: it takes a slow phone as long as all
 * that a session needs. It stands in a <template> meanwhile.
 */
import { follow, shown } from "./loader.js";

const PATIENCE = 2000; // ms

Promise.race([shown, new Promise((late) => setTimeout(late, PATIENCE))]).then(() => {
  const held = /** @type {HTMLTemplateElement | null} */ (document.querySelector("#theme-script"));
  held?.content.querySelector("script")?.addEventListener("load", follow);
  held?.replaceWith(held.content);
});

/* Brings the offline worker in where the site has one, offers a new version, clears an old one away. */

import { wordsOf } from "../words/words.js";

const words = wordsOf("offline");

const root = new URL("../../", import.meta.url).href;
const script = `${root}sw.js`;
const workers = navigator.serviceWorker;

/** An old worker would show its version for ever. */
async function retire() {
  const left = await workers.getRegistration(root);
  if (left?.scope === root) await left.unregister();
  for (const name of await caches.keys())
    if (name.startsWith("flash-") && name.endsWith(` ${root}`)) await caches.delete(name);
}

/** @param {ServiceWorkerRegistration} site */
function watch(site) {
  const bar = document.createElement("div");
  bar.className = "site-offer";
  bar.role = "status";
  document.body.append(bar);
  const offer = () => {
    bar.innerHTML = `${words.ready} <button>${words.show}</button> <button>${words.later}</button>`;
  };
  bar.onclick = ({ target }) => {
    if (target === bar.children[1]) bar.replaceChildren();
    if (target !== bar.children[0]) return;
    workers.oncontrollerchange = () => location.reload();
    // Where another window was quicker, none is waiting.
    site.waiting ? site.waiting.postMessage("take over") : location.reload();
  };
  const follow = () => {
    const coming = site.installing;
    if (coming) coming.onstatechange = () => coming.state === "installed" && workers.controller && offer();
  };
  follow();
  site.onupdatefound = follow;
  if (site.waiting && site.active) offer();
}

async function start() {
  if (!document.querySelector("meta[name=offline-worker]")) return retire();
  try {
    const site = await workers.register(script, { updateViaCache: "none" });
    watch(site);
    // `register` does not look whether the worker is still there.
    if (workers.controller) await site.update();
  } catch {
    if ((await fetch(script, { cache: "no-store" })).status === 404) await retire();
  }
}

// Keeping the site must not hold up reading it.
if (workers) addEventListener("load", () => start().catch(() => {}));

/*
 * The offline worker: keeps the whole site, and serves it from what it keeps.
 *
 * `python -m macros finish` writes this file to the top of the built site as sw.js, with a line
 * before it that defines RELEASE: {cache, files, replace}. `files` maps each path of the site to
 * the SHA-256 of its content. What is kept is named by that hash, so a new release fetches only
 * what has changed, and the release in use keeps its own files until the new one takes over.
 */

/** @typedef {{cache: string, files: Record<string, string>, replace: boolean}} Release */

const worker = /** @type {ServiceWorkerGlobalScope} */ (/** @type {unknown} */ (self));
const release = /** @type {{RELEASE: Release}} */ (/** @type {unknown} */ (self)).RELEASE;
const scope = worker.registration.scope;
// All sites of an owner share an origin, and one deck may be published at two addresses there.
const name = `${release.cache} ${scope}`;
const updates = worker.registration.active !== null;

/**
 * The address of a file, whatever letters its path is made of.
 * @param {string} path
 */
const addressOf = (path) => new URL(path.split("/").map(encodeURIComponent).join("/"), scope).href;

/**
 * The name under which a file of this release is kept.
 * @param {string} path
 */
const kept = (path) => `${addressOf(path)}?${release.files[path]}`;

async function fill() {
  const cache = await caches.open(name);
  const known = new Set((await cache.keys()).map((request) => request.url));
  const missing = Object.keys(release.files).filter((path) => !known.has(kept(path)));
  // A few at a time: the page that is being read comes first.
  const fetchNext = async () => {
    for (let path = missing.pop(); path !== undefined; path = missing.pop()) await keep(cache, path);
  };
  await Promise.all([fetchNext(), fetchNext(), fetchNext(), fetchNext()]);
  if (release.replace) await worker.skipWaiting();
}

/**
 * Fetches a file and keeps it, if it is the one of this release: while a site is being published,
 * the server may still give out the one before. Then nothing is installed, and the browser tries
 * again later.
 * @param {Cache} cache
 * @param {string} path
 */
async function keep(cache, path) {
  const response = await fetch(addressOf(path), { cache: "no-cache", priority: "low" });
  const body = await response.arrayBuffer();
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", body));
  const hash = [...digest].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  if (!hash.startsWith(release.files[path])) throw new Error(`${path} is of another release`);
  const type = response.headers.get("Content-Type") ?? "";
  await cache.put(kept(path), new Response(body, { headers: { "Content-Type": type } }));
}

async function takeOver() {
  for (const other of await caches.keys())
    if (other !== name && other.startsWith("flash-") && other.endsWith(` ${scope}`)) await caches.delete(other);
  const cache = await caches.open(name);
  const wanted = new Set(Object.keys(release.files).map(kept));
  for (const request of await cache.keys()) if (!wanted.has(request.url)) await cache.delete(request);
  await worker.clients.claim();
  if (!release.replace || !updates) return;
  // The release before is broken: its pages may be unable to ask, so they are shown anew unasked.
  // Not awaited: a page comes only once the worker is active, and that is when this has ended.
  for (const page of await worker.clients.matchAll({ type: "window" }))
    if ("navigate" in page) /** @type {WindowClient} */ (page).navigate(page.url).catch(() => {});
}

/**
 * Answers from what is kept, where this release has the file; else from the network.
 * @param {Request} request
 */
async function answer(request) {
  const url = new URL(request.url);
  const path = decoded(url.pathname.slice(new URL(scope).pathname.length));
  const cache = await caches.open(name);
  const find = async (/** @type {string} */ file) =>
    Object.hasOwn(release.files, file) ? cache.match(kept(file)) : undefined;
  const found = await find(path === "" || path.endsWith("/") ? `${path}index.html` : path);
  if (found) return part(found, request.headers.get("Range"));
  if (Object.hasOwn(release.files, `${path}/index.html`)) {
    url.pathname += "/";
    return Response.redirect(url.href, 301);
  }
  try {
    return await fetch(request);
  } catch (error) {
    const missing = request.mode === "navigate" && (await find("404.html"));
    if (!missing) throw error;
    return new Response(missing.body, { status: 404, headers: missing.headers });
  }
}

/**
 * A path as it is written in the list; one that is not well formed is in no list.
 * @param {string} path
 */
function decoded(path) {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}

/**
 * The part of a file that a player asks for, as `bytes=0-` or `bytes=500-999`; else all of it.
 * @param {Response} whole
 * @param {string | null} range
 */
async function part(whole, range) {
  const [, from, to] = /^bytes=(\d+)-(\d*)$/.exec(range ?? "") ?? [];
  if (!from) return whole;
  const body = await whole.blob();
  const end = Math.min(to ? Number(to) + 1 : body.size, body.size);
  if (Number(from) >= end) return new Response(null, { status: 416, headers: { "Content-Range": `bytes */${body.size}` } });
  const headers = { "Content-Type": body.type, "Content-Range": `bytes ${from}-${end - 1}/${body.size}` };
  return new Response(body.slice(Number(from), end, body.type), { status: 206, headers });
}

worker.addEventListener("install", (event) => event.waitUntil(fill()));
worker.addEventListener("activate", (event) => event.waitUntil(takeOver()));
worker.addEventListener("message", (event) => {
  if (event.data === "take over") worker.skipWaiting();
});
worker.addEventListener("fetch", (event) => {
  const { request } = event;
  if (request.method === "GET" && request.url.startsWith(scope)) event.respondWith(answer(request));
});

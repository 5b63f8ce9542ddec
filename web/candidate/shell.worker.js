// shell.worker.js: the pages of a sitting come up without a line too. Only the pages: nothing under /api/ passes through here, so
// no answer, no question and no key is ever in this cache.
//
// Served as /thi/shell.worker.js, with VERSION and FILES of the running program set before these lines (server/api/assets.c): another
// build is another script, which the browser fetches by itself, with a cache of its own. With a line the server's files are taken,
// as without a worker; a page that came from the cache gets all its parts from there, so that no two builds are mixed.

const CACHE = "khoacu-shell-" + VERSION, PATIENCE_MS = 4000, PAGE = "/thi/";
const fromCache = new Set(); // the windows whose page did

/** The server's time as a page noted it here, carried on by this worker's own count: no clock changes that. Gone when the worker ends. */
let noted = null;
addEventListener("message", (event) => {
  if (event.data !== "time") noted = {...event.data, at_ms: performance.now()};
  else event.ports[0].postMessage(noted && {server_ms: noted.server_ms + performance.now() - noted.at_ms, least_ms: noted.least_ms + performance.now() - noted.at_ms});
});

addEventListener("install", (event) => event.waitUntil((async () => {
  await (await caches.open(CACHE)).addAll(FILES.map((name) => new Request(name, {cache: "no-cache"})));
  await skipWaiting();
})()));

addEventListener("activate", (event) => event.waitUntil((async () => {
  for (const name of await caches.keys()) if (name !== CACHE && name.startsWith("khoacu-shell-")) await caches.delete(name);
  await clients.claim();
})()));

addEventListener("fetch", (event) => {
  const url = new URL(event.request.url), name = url.pathname;
  if (event.request.method === "GET" && url.origin === location.origin && FILES.includes(name)) event.respondWith(answer(event, name));
});

async function answer(event, name) {
  const kept = await (await caches.open(CACHE)).match(name), page = name === PAGE;
  if (kept && !page && fromCache.has(event.clientId)) return kept;
  try {
    const late = kept ? new Promise((_, reject) => setTimeout(reject, PATIENCE_MS)) : new Promise(() => {});
    const fresh = await Promise.race([fetch(event.request), late]);
    if (fresh.status < 500 || !kept) return fresh;
  } catch (error) {
    if (!kept) throw error;
  }
  if (page) fromCache.add(event.resultingClientId);
  return kept;
}

// Answers for the checklist of one visit while there is no connection. Its scope is that page: nothing else passes here.
// The page itself puts its copy and its files into the cache (visit-checklist.js); signing out empties it.
const KEPT = "bihuan-checklist";
const AN_HOUR = 3600000;
const LONGEST = 24 * AN_HOUR;

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

// The copy counts for a day from when the server gave it out; an older one is thrown away.
async function copyOf(request) {
  const cache = await caches.open(KEPT);
  const found = await cache.match(request, { ignoreSearch: request.mode === "navigate" });
  if (!found) return null;
  const given = Date.parse(found.headers.get("Date") ?? "");
  if (request.mode !== "navigate" || Date.now() - given < LONGEST) return found;
  await cache.delete(request, { ignoreSearch: true });
  return null;
}

// The server's word goes first: where it answers that nobody is signed in, or that the visit is not theirs, the copy goes.
async function page(request) {
  let answer;
  try {
    answer = await fetch(request);
  } catch (broken) {
    const copy = await copyOf(request);
    if (copy) return copy;
    throw broken;
  }
  if (!answer.ok && answer.status < 500) await (await caches.open(KEPT)).delete(request, { ignoreSearch: true });
  return answer;
}

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  if (request.method !== "GET" || origin !== self.location.origin) return;
  if (request.mode === "navigate" && pathname.endsWith("/checklist")) event.respondWith(page(request));
  else if (pathname.startsWith("/static/")) event.respondWith(fetch(request).catch(async (broken) => { const copy = await copyOf(request); if (copy) return copy; throw broken; }));
});

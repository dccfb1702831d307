// One question a screen. Each answer goes out at once; without a network it waits on this phone, sealed by a key that
// cannot leave it, for a day at most. The order of answers is a counter of ours, never the phone's clock.
const root = document.querySelector("[data-questions]");
const sections = [...root.querySelectorAll("[data-question]")];
const banner = root.querySelector("[data-banner]");
const DAY = 24 * 3600 * 1000;
const SHELF = "answers-";
const name = SHELF + root.dataset.ref;
const place = `queue-${Date.now()}-${Math.random()}`; // each window has a place of its own on the shelf
let sequence = Number(root.dataset.sequence);
let since = performance.now();
let queue = [];
let oldest = null;
let sending = null;
let shelved = false;
// An answer that goes out as it is given is the last one, whatever another window or device counted meanwhile.
let latest = null;

const say = (words) => { banner.textContent = words; banner.hidden = !words; };

function show(at) {
  sections.forEach((section, place) => { section.hidden = place !== at; });
  sections[at].querySelector(".question").focus();
  since = performance.now();
}

const asked = (request) => new Promise((done, failed) => {
  request.onsuccess = () => done(request.result);
  request.onerror = () => failed(request.error);
});

function open(shelf) {
  const opening = indexedDB.open(shelf, 1);
  opening.onupgradeneeded = () => { opening.result.createObjectStore("kept"); };
  return asked(opening);
}

async function keep() {
  if (!window.isSecureContext) return false;
  const db = await open(name);
  const store = (mode) => db.transaction("kept", mode).objectStore("kept");
  let key = await asked(store("readonly").get("key"));
  if (!key) {
    key = await crypto.subtle.generateKey({ name: "AES-GCM", length: 256 }, false, ["encrypt", "decrypt"]);
    await asked(store("readwrite").add(key, "key"));
  }
  const iv = crypto.getRandomValues(new Uint8Array(12));
  const sealed = await crypto.subtle.encrypt({ name: "AES-GCM", iv }, key, new TextEncoder().encode(JSON.stringify(queue)));
  await asked(store("readwrite").put({ iv, sealed, at: oldest }, place));
  db.close();
  shelved = true;
  return true;
}

const sealedOn = async (db) => (await asked(db.transaction("kept").objectStore("kept").getAll())).filter((one) => one.sealed);
const forget = (shelf = name) => asked(indexedDB.deleteDatabase(shelf));

// Everything of this window arrived: its place is emptied, and the shelf with its key goes unless another window's waits there.
async function release() {
  oldest = null;
  if (!shelved) return;
  const db = await open(name);
  await asked(db.transaction("kept", "readwrite").objectStore("kept").delete(place));
  const others = await sealedOn(db);
  db.close();
  if (!others.length) await forget();
  shelved = false;
}

// What windows of before left here; a phone whose clock was put back begins its day anew, never longer.
async function recall() {
  if (!window.isSecureContext) return;
  await forgetOthers();
  const db = await open(name);
  const key = await asked(db.transaction("kept").objectStore("kept").get("key"));
  const kept = await sealedOn(db);
  db.close();
  const waiting = [];
  for (const one of kept.filter((each) => Date.now() - each.at < DAY)) {
    const plain = await crypto.subtle.decrypt({ name: "AES-GCM", iv: one.iv }, key, one.sealed);
    waiting.push(...JSON.parse(new TextDecoder().decode(plain)));
    oldest = Math.min(oldest ?? one.at, one.at, Date.now());
  }
  await forget();
  queue = waiting.sort((one, other) => one.sequence - other.sequence);
  sequence = Math.max(sequence, ...queue.map((one) => one.sequence + 1));
  if (queue.length) await keep();
}

// Another student's day may have ended on this device without their coming back to it.
async function forgetOthers() {
  for (const { name: shelf } of await indexedDB.databases?.() ?? []) {
    if (!shelf.startsWith(SHELF) || shelf === name) continue;
    const db = await open(shelf);
    const kept = await sealedOn(db);
    db.close();
    if (!kept.some((one) => Date.now() - one.at < DAY)) await forget(shelf);
  }
}

async function send(one) {
  const body = new FormData();
  body.set("csrf_token", root.querySelector("[name=csrf_token]").value);
  for (const [field, value] of Object.entries(one)) body.set(field, value);
  return fetch(location.pathname, { method: "POST", body, headers: { Accept: "application/json" } });
}

async function sendAll() {
  try {
    while (queue.length) {
      const one = queue[0];
      const answer = await send(one);
      if ([400, 403, 404].includes(answer.status)) { latest = null; await keep().catch(() => false); say(root.dataset.out); return; }
      const told = await answer.json();
      sequence = Math.max(sequence, (told.sequence ?? 0) + 1);
      if (told.stale && one === latest) { one.sequence = sequence++; latest = null; continue; }
      queue.shift();
      if (told.refused) { say(told.refused); continue; }
      root.querySelector("[data-answered]").textContent = told.answered;
      root.querySelector("[data-progress]").value = told.answered;
      say(told.stale ? root.dataset.elsewhere : "");
    }
    await release();
  } catch {
    latest = null;
    const kept = await keep().catch(() => false);
    say(kept ? root.dataset.away : root.dataset.insecure);
  }
}

const flush = () => sending ??= sendAll().finally(() => { sending = null; });
const ready = recall().catch(() => {});

root.addEventListener("submit", async (event) => {
  const form = event.target;
  if (form.matches("[data-hand-in]")) {
    if (!queue.length) return;
    event.preventDefault();
    await flush();
    if (queue.length) await flush();
    if (!queue.length) form.submit();
    return;
  }
  const button = event.submitter;
  if (!button || button.name !== "value") return;
  event.preventDefault();
  for (const other of form.querySelectorAll(".answer")) other.setAttribute("aria-pressed", String(other === button));
  const fields = new FormData(form);
  const milliseconds = Math.max(1, Math.round(performance.now() - since));
  show(Number(fields.get("next")));
  await ready;
  latest = {
    scale: fields.get("scale"), version: fields.get("version"), item: fields.get("item"), value: button.value,
    sequence: sequence++, milliseconds,
  };
  oldest ??= Date.now();
  queue.push(latest);
  await flush();
  if (queue.includes(latest)) flush();
});

root.addEventListener("click", (event) => {
  const link = event.target.closest("[data-back], [data-skip]");
  if (!link) return;
  event.preventDefault();
  show(sections.indexOf(link.closest("[data-question]")) + (link.matches("[data-skip]") ? 1 : -1));
});

window.addEventListener("online", flush);
setInterval(() => { if (queue.length) flush(); }, 5000);
ready.then(flush);

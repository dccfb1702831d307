// One question a screen. Each answer goes out at once; without a network it waits on this phone, sealed by a key that
// cannot leave it, for a day at most. The order of answers is a counter of ours, never the phone's clock.
const root = document.querySelector("[data-questions]");
const sections = [...root.querySelectorAll("[data-question]")];
const banner = root.querySelector("[data-banner]");
const DAY = 24 * 3600 * 1000;
const name = `answers-${root.dataset.ref}`;
let sequence = Number(root.dataset.sequence);
let since = performance.now();
let queue = [];
let busy = false;

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

async function shelf() {
  const opening = indexedDB.open(name, 1);
  opening.onupgradeneeded = () => { opening.result.createObjectStore("kept"); };
  const db = await asked(opening);
  let key = await asked(db.transaction("kept").objectStore("kept").get("key"));
  if (!key) {
    key = await crypto.subtle.generateKey({ name: "AES-GCM", length: 256 }, false, ["encrypt", "decrypt"]);
    await asked(db.transaction("kept", "readwrite").objectStore("kept").put(key, "key"));
  }
  return { db, key };
}

async function keep() {
  if (!window.isSecureContext) return false;
  const { db, key } = await shelf();
  const iv = crypto.getRandomValues(new Uint8Array(12));
  const sealed = await crypto.subtle.encrypt({ name: "AES-GCM", iv }, key, new TextEncoder().encode(JSON.stringify(queue)));
  await asked(db.transaction("kept", "readwrite").objectStore("kept").put({ iv, sealed, at: Date.now() }, "queue"));
  db.close();
  return true;
}

async function recall() {
  if (!window.isSecureContext) return;
  const { db, key } = await shelf();
  const kept = await asked(db.transaction("kept").objectStore("kept").get("queue"));
  db.close();
  if (!kept || Date.now() - kept.at > DAY) return forget();
  const plain = await crypto.subtle.decrypt({ name: "AES-GCM", iv: kept.iv }, key, kept.sealed);
  queue = JSON.parse(new TextDecoder().decode(plain));
  sequence = Math.max(sequence, ...queue.map((one) => one.sequence + 1));
}

function forget() { indexedDB.deleteDatabase(name); }

async function send(one) {
  const body = new FormData();
  body.set("csrf_token", root.querySelector("[name=csrf_token]").value);
  for (const [field, value] of Object.entries(one)) body.set(field, value);
  return fetch(location.pathname, { method: "POST", body, headers: { Accept: "application/json" } });
}

async function flush() {
  if (busy) return;
  busy = true;
  try {
    while (queue.length) {
      const answer = await send(queue[0]);
      if (answer.status === 403) { say(root.dataset.out); return; }
      const told = await answer.json();
      queue.shift();
      if (told.refused) { say(told.refused); continue; }
      root.querySelector("[data-answered]").textContent = told.answered;
      root.querySelector("[data-progress]").value = told.answered;
      say(told.stale ? root.dataset.elsewhere : "");
    }
    if (window.isSecureContext) forget();
  } catch {
    const kept = await keep().catch(() => false);
    say(kept ? root.dataset.away : root.dataset.insecure);
  } finally {
    busy = false;
  }
}

root.addEventListener("submit", async (event) => {
  const form = event.target;
  if (form.matches("[data-hand-in]")) {
    if (!queue.length) return;
    event.preventDefault();
    await flush();
    if (!queue.length) form.submit();
    return;
  }
  const button = event.submitter;
  if (!button || button.name !== "value") return;
  event.preventDefault();
  for (const other of form.querySelectorAll(".answer")) other.setAttribute("aria-pressed", String(other === button));
  const fields = new FormData(form);
  queue.push({
    scale: fields.get("scale"), version: fields.get("version"), item: fields.get("item"), value: button.value, sequence: sequence++,
    milliseconds: Math.max(1, Math.round(performance.now() - since)),
  });
  show(Number(fields.get("next")));
  flush();
});

root.addEventListener("click", (event) => {
  if (!event.target.closest("[data-back]")) return;
  event.preventDefault();
  show(sections.indexOf(event.target.closest("[data-question]")) - 1);
});

window.addEventListener("online", flush);
setInterval(() => { if (queue.length) flush(); }, 5000);
recall().catch(() => {}).then(flush);

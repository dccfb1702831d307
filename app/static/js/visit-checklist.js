// The checklist of a visit on the phone. What is saved goes into IndexedDB first and up to the server as soon as there
// is a connection; it leaves the phone's queue only once the server has answered for it.
const MB = 1048576;
const EVERY = 15000;
const root = document.querySelector("[data-checklist]");
const said = root.dataset;
const mine = `${said.me}|${said.checklist}`;

const fill = (text, values) => Object.entries(values).reduce((all, [name, value]) => all.replace(`{${name}}`, value), text);
const done = (request) => new Promise((resolve, reject) => { request.onsuccess = () => resolve(request.result); request.onerror = () => reject(request.error); });

const opened = (() => {
  const request = indexedDB.open("bihuan-visits", 1);
  request.onupgradeneeded = () => {
    request.result.createObjectStore("queue", { keyPath: "key" });
    request.result.createObjectStore("drafts", { keyPath: "id" });
  };
  return done(request);
})();
const store = async (name, mode) => (await opened).transaction(name, mode).objectStore(name);
const put = async (name, row) => done((await store(name, "readwrite")).put(row));
const drop = async (name, key) => done((await store(name, "readwrite")).delete(key));
const queue = async () => (await done((await store("queue", "readonly")).getAll())).filter((row) => row.mine === mine).sort((a, b) => a.order - b.order);

// A key that the server knows again; crypto.randomUUID is there wherever the page is served over TLS or from this machine.
const newKey = () => crypto.randomUUID();

let signedOut = false;
let conflict = Boolean(root.querySelector(".check .fault"));
const lineOf = (ref) => root.querySelector(`[data-line="${ref}"]`);
const say = (ref, words) => { const line = lineOf(ref); if (line) line.querySelector("[data-said]").textContent = words; };

async function showBar() {
  const n = (await queue()).filter((row) => !row.refused).length;
  let words = "";
  if (signedOut) words = fill(said.saidSignedOut, { n });
  else if (!navigator.onLine) words = n ? fill(said.saidOffline, { n }) : said.saidOfflineNone;
  else if (n) words = fill(said.saidWaiting, { n });
  else if (conflict) words = said.saidConflict;
  root.querySelector("[data-bar]").hidden = !words;
  root.querySelector("[data-bar-words]").textContent = words;
  root.querySelector("[data-bar-link]").hidden = !conflict;
}

function count() {
  const lines = [...root.querySelectorAll("[data-line]")];
  const seen = lines.filter((line) => line.dataset.seen).length;
  root.querySelector("[data-seen-count]").textContent = seen;
  root.querySelector("[data-unseen-count]").textContent = lines.length - seen;
  root.querySelector("[data-trouble-count]").textContent = lines.filter((line) => line.dataset.seen && line.dataset.seen !== "seen").length;
  root.querySelector("[data-progress]").value = seen;
}

function show(what) {
  for (const line of root.querySelectorAll("[data-line]")) {
    const { seen } = line.dataset;
    line.hidden = (what === "unseen" && Boolean(seen)) || (what === "trouble" && (!seen || seen === "seen"));
  }
}

async function answer(url, options) {
  const got = await fetch(url, { method: "POST", redirect: "manual", ...options, headers: { "X-CSRFToken": said.token, Accept: "application/json", ...options.headers } });
  signedOut = got.type === "opaqueredirect" || got.status === 400 || got.status === 401;
  if (signedOut) throw new Error("signed out");
  if (got.status === 422) return { sentence: (await got.json()).sentence };
  if (!got.ok) throw new Error(String(got.status));
  return got.json();
}

// A copy of this page and of the files it uses stays on the phone, so that it opens again without a connection. The server
// is asked for it anew whenever something went up, as it then shows what is there.
const KEPT = "bihuan-checklist";
async function keepPage() {
  if (!("serviceWorker" in navigator) || !navigator.onLine) return;
  try {
    await navigator.serviceWorker.register(said.workerUrl, { scope: location.pathname });
    const answer = await fetch(location.pathname, { redirect: "manual" });
    const cache = await caches.open(KEPT);
    if (answer.ok) await cache.put(location.pathname, answer);
    else await cache.delete(location.pathname);
    const used = performance.getEntriesByType("resource").map((one) => new URL(one.name)).filter((one) => one.origin === location.origin && one.pathname.startsWith("/static/"));
    const files = [...document.querySelectorAll("link[href], script[src]")].map((one) => new URL(one.href ?? one.src, location.href)).filter((one) => one.pathname.startsWith("/static/"));
    const wanted = new Set([...used, ...files].map((one) => one.href.split("#")[0]));
    for (const url of wanted) if (!(await cache.match(url))) await cache.add(url);
    root.dataset.kept = "1";
  } catch {
    // Without storage or over plain HTTP there is no copy; the page works on as long as it stays open.
  }
}

// Records go up together, photos one by one after them, each in the order in which it was saved.
let sending = false;
async function send() {
  if (sending || !navigator.onLine) { await showBar(); return; }
  sending = true;
  let gone = 0;
  try {
    const rows = (await queue()).filter((row) => !row.refused);
    for (const row of rows.filter((one) => one.kind === "seen")) { await sendRecord(row); gone += 1; }
    for (const row of rows.filter((one) => one.kind === "photo")) { await sendPhoto(row); gone += 1; }
  } catch {
    // No line, or signed out: everything is still in the queue and is sent again.
  } finally {
    sending = false;
    await showBar();
    if (gone) keepPage();
  }
}

async function refuse(row, sentence) {
  await put("queue", { ...row, refused: sentence });
  say(row.line, sentence);
}

async function sendRecord(row) {
  const body = JSON.stringify({ records: [{ line: row.line, key: row.key, seen: row.seen, note: row.note, at: row.at, knew: row.knew }] });
  const got = await answer(said.observeUrl, { body, headers: { "Content-Type": "application/json" } });
  if (got.sentence) { await refuse(row, got.sentence); return; }
  await drop("queue", row.key);
  const status = got.records[row.key];
  if (status === "conflict") conflict = true;
  say(row.line, { kept: said.saidKept, conflict: said.saidConflict, late: said.saidLate }[status]);
}

async function sendPhoto(row) {
  const body = new FormData();
  body.set("file", row.blob, "photo.jpg");
  body.set("line", row.line);
  body.set("key", row.key);
  const got = await answer(said.photoUrl, { body });
  if (got.sentence) { await refuse(row, got.sentence); return; }
  await drop("queue", row.key);
  say(row.line, said.saidKept);
}

async function save(line) {
  const choice = line.querySelector("[data-choice]:checked");
  if (!choice) { say(line.dataset.line, said.saidChoose); return; }
  const key = newKey();
  await put("queue", {
    key, mine, kind: "seen", order: Date.now(), line: line.dataset.line, seen: choice.value,
    note: line.querySelector("[data-note]").value, at: new Date().toISOString(), knew: line.dataset.knew,
  });
  await drop("drafts", `${mine}|${line.dataset.line}`);
  line.dataset.knew = key;
  line.dataset.seen = choice.value;
  line.querySelector("[data-state]").textContent = choice.dataset.word;
  say(line.dataset.line, said.saidQueued);
  count();
  await showBar();
  const rest = [...root.querySelectorAll("[data-line]")];
  const next = [...rest.slice(rest.indexOf(line) + 1), ...rest].find((one) => !one.dataset.seen);
  if (next) { line.open = false; next.open = true; next.querySelector("summary").focus(); }
  send();
}

async function take(line, file) {
  const ref = line.dataset.line;
  if (file.size > Number(said.mostMb) * MB) { say(ref, fill(said.saidTooBig, { size: Math.ceil(file.size / MB), most: said.mostMb })); return; }
  if (Number(line.dataset.photos) >= Number(said.mostPhotos)) { say(ref, fill(said.saidTooMany, { most: said.mostPhotos })); return; }
  await put("queue", { key: newKey(), mine, kind: "photo", order: Date.now(), line: ref, blob: file });
  line.dataset.photos = Number(line.dataset.photos) + 1;
  line.querySelector("[data-photo-count]").textContent = line.dataset.photos;
  const thumb = document.createElement("img");
  thumb.className = "thumb";
  thumb.alt = said.saidPhoto;
  thumb.src = URL.createObjectURL(file);
  line.querySelector("[data-thumbs]").append(thumb);
  say(ref, said.saidQueued);
  await showBar();
  send();
}

// What is typed and not saved yet is kept on the phone too: a closed page loses nothing.
const draft = (line) => put("drafts", { id: `${mine}|${line.dataset.line}`, seen: line.querySelector("[data-choice]:checked")?.value ?? "", note: line.querySelector("[data-note]").value });

async function putBack() {
  for (const row of await queue()) {
    const line = lineOf(row.line);
    if (!line) continue;
    if (row.refused) say(row.line, row.refused);
    else say(row.line, said.saidQueued);
    if (row.kind !== "seen") continue;
    choose(line, row.seen, row.note);
    line.dataset.seen = row.seen;
    line.dataset.knew = row.key;
    line.querySelector("[data-state]").textContent = line.querySelector("[data-choice]:checked").dataset.word;
  }
  const drafts = await done((await store("drafts", "readonly")).getAll());
  for (const row of drafts.filter((one) => one.id.startsWith(`${mine}|`))) {
    const line = lineOf(row.id.slice(mine.length + 1));
    if (line) choose(line, row.seen, row.note);
  }
}

function choose(line, seen, note) {
  const choice = line.querySelector(`[data-choice][value="${seen}"]`);
  if (choice) choice.checked = true;
  line.querySelector("[data-note]").value = note;
}

for (const line of root.querySelectorAll("[data-line]")) {
  line.querySelector("[data-save]").addEventListener("click", () => save(line));
  line.querySelector("[data-photo]").addEventListener("change", async (event) => {
    for (const file of event.target.files) await take(line, file);
    event.target.value = "";
  });
  for (const name of ["input", "change"]) line.addEventListener(name, (event) => { if (!event.target.matches("[data-photo]")) draft(line); });
}
for (const choice of root.querySelectorAll("[data-show]")) choice.addEventListener("change", () => show(choice.value));
for (const name of ["online", "offline"]) window.addEventListener(name, () => { showBar(); send(); });
document.addEventListener("visibilitychange", () => { if (document.visibilityState === "visible") send(); });
// Signing out empties this browser's storage; that may not happen while something still waits.
document.addEventListener("submit", async (event) => {
  if (!event.target.action.endsWith("/sign-out") || event.target.dataset.emptied) return;
  event.preventDefault();
  await send();
  if ((await queue()).some((row) => !row.refused)) { window.scrollTo(0, 0); return; }
  event.target.dataset.emptied = "1";
  await caches?.delete(KEPT);
  event.target.submit();
});

await putBack();
count();
await showBar();
root.dataset.ready = "1";
setInterval(send, EVERY);
keepPage();
send();

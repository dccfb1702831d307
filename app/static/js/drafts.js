// Long forms are kept on the server every 30 seconds while they change; the server puts them back when the form is opened again.
const EVERY = 30000;
// Signed out; the page is older than its form may be.
const WHY = { 400: "draftOld", 401: "draftOver" };
const SECRET = new Set(["csrf_token", "password", "code"]);

function typed(form) {
  const data = new FormData(form);
  const kept = {};
  for (const [name, value] of data.entries()) {
    if (SECRET.has(name) || value instanceof File) continue;
    (kept[name] ??= []).push(value);
  }
  return JSON.stringify(kept);
}

function keep(form) {
  const line = form.querySelector("[data-draft-line]");
  let last = typed(form);
  let leaving = false;
  async function save() {
    const now = typed(form);
    if (now === last || form.dataset.sent) return;
    try {
      const answer = await fetch(form.dataset.draftUrl, {
        method: "POST",
        headers: { "Content-Type": "application/json", Accept: "application/json", "X-CSRFToken": form.elements.csrf_token.value },
        body: now,
        keepalive: leaving,
      });
      const told = await answer.json().catch(() => ({}));
      if (answer.ok && told.saved_at) {
        last = now;
        line.textContent = form.dataset.draftSaved.replace("{time}", told.saved_at);
      } else {
        line.textContent = WHY[answer.status] ? form.dataset[WHY[answer.status]] : form.dataset.draftFailed;
      }
    } catch {
      line.textContent = form.dataset.draftFailed;
    }
  }
  setInterval(save, EVERY);
  document.addEventListener("visibilitychange", () => { if (document.visibilityState === "hidden") { leaving = true; save(); leaving = false; } });
  window.addEventListener("online", save);
  window.addEventListener("beforeunload", (event) => {
    if (typed(form) !== last && !form.dataset.sent) event.preventDefault();
  });
}

document.querySelectorAll("form[data-draft-url]").forEach(keep);

// Who gives a draft up wants nothing of it kept on the way out.
document.getElementById("drop-draft")?.addEventListener("submit", () => {
  for (const form of document.querySelectorAll("form[data-draft-url]")) form.dataset.sent = "1";
});

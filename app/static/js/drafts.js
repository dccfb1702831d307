// Long forms are kept on the server every 30 seconds while they change; the server puts them back when the form is opened again.
const EVERY = 30000;
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
        headers: { "Content-Type": "application/json", "X-CSRFToken": form.elements.csrf_token.value },
        body: now,
        keepalive: leaving,
      });
      if (!answer.ok) throw new Error(String(answer.status));
      last = now;
      const time = new Date().toLocaleTimeString("zh-CN", { hour: "2-digit", minute: "2-digit", hour12: false });
      line.textContent = form.dataset.draftSaved.replace("{time}", time);
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

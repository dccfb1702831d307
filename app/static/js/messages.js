// Messages of success go after 6 seconds unless the pointer or the focus rests on them; parts that changed are spoken once.
const box = document.querySelector("[data-toasts]");
const STAY = 6000;

function watch(toast) {
  let timer;
  const start = () => { timer = setTimeout(() => toast.remove(), STAY); };
  const stop = () => clearTimeout(timer);
  for (const name of ["pointerenter", "focusin"]) toast.addEventListener(name, stop);
  for (const name of ["pointerleave", "focusout"]) toast.addEventListener(name, start);
  toast.querySelector("[data-toast-close]")?.addEventListener("click", () => { stop(); toast.remove(); });
  start();
}

export function say(text) {
  const place = document.querySelector("[data-speak]");
  if (!place) return;
  place.textContent = "";
  requestAnimationFrame(() => { place.textContent = text; });
}

document.querySelectorAll("[data-toast]").forEach(watch);
document.addEventListener("bihuan:say", (event) => say(event.detail));

// An answer may carry HX-Trigger: {"toast": "…"} for what was done in a part of the page.
document.body.addEventListener("toast", (event) => {
  const line = document.createElement("div");
  line.className = "toast-line";
  line.textContent = event.detail.value ?? event.detail;
  box?.append(line);
  watch(line);
});

// Longer than a second: a bar at the top, so that nobody presses twice.
const bar = document.querySelector("[data-wait]");
let waiting;
const wait = () => { waiting = setTimeout(() => { if (bar) bar.hidden = false; }, 1000); };
const done = () => { clearTimeout(waiting); if (bar) bar.hidden = true; };
document.body.addEventListener("htmx:beforeRequest", (event) => { if (!event.target.closest(".job")) wait(); });
document.body.addEventListener("htmx:afterRequest", done);
window.addEventListener("pageshow", done);
document.addEventListener("submit", (event) => { if (!event.defaultPrevented) wait(); });

// After a part was exchanged: its heading or what it marks takes the focus, else its first status is spoken.
document.body.addEventListener("htmx:afterSwap", (event) => {
  const part = event.detail.elt ?? event.target;
  const focus = part.querySelector?.("[data-focus]");
  if (focus) { focus.focus(); return; }
  const status = part.querySelector?.("[role=status], [role=alert]");
  if (status && !part.closest(".job")) say(status.textContent.trim());
});

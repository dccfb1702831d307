// Lists: a filter acts when its menu closes, ticks add up, the bar of bulk actions appears with the first tick.
for (const form of document.querySelectorAll("form[data-filters]")) {
  const was = () => new URLSearchParams(new FormData(form)).toString();
  let before = was();
  const go = () => { const now = was(); if (now !== before) { before = now; form.requestSubmit(); } };
  form.addEventListener("change", (event) => {
    if (event.target.type === "radio") { const menu = event.target.closest("details"); if (menu) menu.open = false; }
  });
  form.addEventListener("toggle", (event) => { if (!event.target.open) go(); }, true);
  form.addEventListener("search", go);
  // An address without empty keys is one that can be read and sent on.
  form.addEventListener("formdata", (event) => {
    for (const [name, value] of [...event.formData.entries()]) if (value === "") event.formData.delete(name);
  });
}

function ticks(id) { return [...document.querySelectorAll(`[data-tick="${id}"]:not(:disabled)`)]; }
function recount(id) {
  const bar = document.getElementById(id);
  const all = document.querySelector(`[data-tick-all="${id}"]`);
  const boxes = ticks(id);
  const number = boxes.filter((box) => box.checked).length;
  if (all) { all.checked = number > 0 && number === boxes.length; all.indeterminate = number > 0 && number < boxes.length; }
  for (const box of boxes) box.closest("tr")?.setAttribute("aria-selected", String(box.checked));
  if (!bar) return;
  bar.hidden = number === 0;
  const line = bar.querySelector("[data-bulk-count]");
  if (line) line.textContent = line.dataset.said.replace("{n}", number);
}
document.addEventListener("change", (event) => {
  const { tick, tickAll } = event.target.dataset ?? {};
  if (tickAll) for (const box of ticks(tickAll)) box.checked = event.target.checked;
  if (tick || tickAll) recount(tick ?? tickAll);
});
window.addEventListener("pageshow", () => { for (const bar of document.querySelectorAll("[data-bulk]")) recount(bar.id); });

// A table wider than its box can be moved with the keyboard.
for (const box of document.querySelectorAll(".table-box:not([tabindex])")) if (box.scrollWidth > box.clientWidth) box.tabIndex = 0;

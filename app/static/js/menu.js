// Menus are <details>; here they close on Escape, on a click elsewhere, and one at a time. "/" goes to the search box.
const open = () => document.querySelectorAll("details[data-menu][open]");

document.addEventListener("click", (event) => {
  for (const menu of open()) if (!menu.contains(event.target)) menu.open = false;
});
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape") {
    for (const menu of open()) {
      const inside = menu.contains(document.activeElement);
      menu.open = false;
      if (inside) menu.querySelector("summary").focus();
    }
  }
  const typing = event.target.closest("input, textarea, select, [contenteditable]");
  if (event.key === "/" && !typing && !event.ctrlKey && !event.metaKey && !event.altKey) {
    const box = document.querySelector("[data-shortcut='/']");
    if (box && box.offsetParent) { event.preventDefault(); box.focus(); }
  }
});
document.addEventListener("toggle", (event) => {
  if (!event.target.matches?.("details[data-menu]") || !event.target.open) return;
  for (const menu of open()) if (menu !== event.target && !menu.contains(event.target)) menu.open = false;
}, true);
document.addEventListener("focusout", (event) => {
  const menu = event.target.closest?.("details[data-menu][open]");
  if (menu && event.relatedTarget && !menu.contains(event.relatedTarget)) menu.open = false;
});

// A menu longer than the window shows where one is.
const here = document.querySelector(".side-menu [aria-current]");
const entries = here?.closest("nav");
if (entries) entries.scrollTop = here.offsetTop + 2 * here.offsetHeight - entries.clientHeight;

// The list beside a drawing is what phones show; of the parts of a page they show the first, which is what waits for somebody
// where that stands on it, and those that a link leads to.
const phone = window.matchMedia("(max-width: 767.98px)");
const parts = [...document.querySelectorAll("details.fold")];
const unfold = (place) => place.querySelectorAll("details.fold").forEach((part) => { part.open = true; });
if (phone.matches) {
  for (const list of document.querySelectorAll("details[data-open-on-phone]")) list.open = true;
  for (const part of parts.slice(document.querySelector(".todos") ? 0 : 1)) part.open = Boolean(part.closest(":target"));
}
phone.addEventListener("change", () => { if (!phone.matches) unfold(document); });
document.addEventListener("click", (event) => {
  const link = event.target.closest("a[href^='#']");
  const place = link && document.getElementById(link.hash.slice(1));
  if (place) unfold(place);
});

// Levels stay on the screen for a minute: counted down in words, gone at once when the tab is left. Counted by ticks, which a
// clock put back does not lengthen, and by the clock, as nothing ticks while a laptop sleeps.
for (const line of document.querySelectorAll("[data-hide-after]")) {
  let left = Number(line.dataset.hideAfter);
  const until = Date.now() + left * 1000;
  let gone = false; // a second call would break off the first one's loading, on a slow line every second anew
  const hide = () => {
    if (gone) { return; }
    gone = document.body.hidden = true;
    location.replace(line.dataset.hiddenUrl);
  };
  setInterval(() => {
    left = Math.min(left - 1, Math.ceil((until - Date.now()) / 1000));
    if (left <= 0) { hide(); } else { line.textContent = line.dataset.said.replace("{n}", left); }
  }, 1000);
  document.addEventListener("visibilitychange", () => { if (document.hidden) { hide(); } });
}

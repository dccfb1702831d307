// Levels stay on the screen for a minute: counted down in words, gone at once when the tab is left.
for (const line of document.querySelectorAll("[data-hide-after]")) {
  let left = Number(line.dataset.hideAfter);
  const hide = () => { document.body.hidden = true; location.replace(line.dataset.hiddenUrl); };
  setInterval(() => {
    left -= 1;
    if (left <= 0) { hide(); } else { line.textContent = line.dataset.said.replace("{n}", left); }
  }, 1000);
  document.addEventListener("visibilitychange", () => { if (document.hidden) { hide(); } });
}

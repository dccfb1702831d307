// Light and dark, and the projector: remembered for this browser in a cookie that the server reads.
const YEAR = 31536000;
const keep = (name, value) => { document.cookie = `${name}=${value}; path=/; max-age=${YEAR}; samesite=lax`; };
const ORDER = ["auto", "light", "dark"];
const MEDIA = { auto: "screen and (prefers-color-scheme: dark)", light: "not all", dark: "screen" };

for (const button of document.querySelectorAll("[data-theme-next]")) {
  button.addEventListener("click", () => {
    const root = document.documentElement;
    const next = ORDER[(ORDER.indexOf(root.dataset.theme) + 1) % ORDER.length];
    root.dataset.theme = next;
    document.querySelector("[data-theme-sheet]").media = MEDIA[next];
    button.querySelector("span").textContent = button.dataset[next];
    keep("theme", next);
    document.dispatchEvent(new CustomEvent("bihuan:theme"));
  });
}

for (const button of document.querySelectorAll("[data-projector]")) {
  button.addEventListener("click", () => {
    keep("projector", button.dataset.projector);
    location.reload();
  });
}

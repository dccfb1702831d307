// Deadlines inside two hours count in minutes; they speak at 10, 5 and 1 minutes only.
const SPOKEN = new Set([10, 5, 1]);

function tell() {
  for (const chip of document.querySelectorAll("[data-live-until]")) {
    const minutes = Math.ceil((new Date(chip.dataset.liveUntil) - Date.now()) / 60000);
    const text = minutes > 0 ? chip.dataset.minutes.replace("{n}", minutes) : chip.dataset.over;
    const line = chip.querySelector("span");
    if (line.textContent === text) continue;
    line.textContent = text;
    chip.classList.toggle("chip-late", minutes <= 0);
    if (SPOKEN.has(minutes)) document.dispatchEvent(new CustomEvent("bihuan:say", { detail: text }));
  }
}
if (document.querySelector("[data-live-until]")) setInterval(tell, 15000);
document.body.addEventListener("htmx:afterSwap", tell);

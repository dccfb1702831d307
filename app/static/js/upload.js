// Files go up one by one in the background in pieces; each has its bar, can be paused, and goes on after the network is back.
const MB = 1048576;
const PIECE = 2 * MB;

function fill(text, values) {
  return Object.entries(values).reduce((said, [name, value]) => said.replace(`{${name}}`, value), text);
}

class Row {
  constructor(box, file) {
    this.box = box;
    this.file = file;
    this.at = 0;
    this.paused = false;
    this.row = box.querySelector("template[data-file-row]").content.firstElementChild.cloneNode(true);
    this.part("name").textContent = file.name;
    this.part("remove").setAttribute("aria-label", fill(box.dataset.remove, { name: file.name }));
    this.part("remove").addEventListener("click", () => { this.paused = true; this.row.remove(); });
    this.part("pause").addEventListener("click", () => this.toggle());
    box.querySelector("[data-files]").append(this.row);
  }
  part(name) { return this.row.querySelector(`[data-${name}]`); }
  toggle() {
    this.paused = !this.paused;
    const button = this.part("pause");
    const other = button.dataset.resume;
    button.dataset.resume = button.getAttribute("aria-label");
    button.setAttribute("aria-label", other);
    if (!this.paused) this.send();
  }
  refuse(text) {
    const line = this.part("bad-line");
    line.textContent = text;
    line.hidden = false;
    this.row.querySelector("progress").hidden = true;
    this.part("pause").hidden = true;
    document.dispatchEvent(new CustomEvent("bihuan:say", { detail: text }));
  }
  async send() {
    const { uploadUrl } = this.box.dataset;
    const token = this.box.closest("form").elements.csrf_token.value;
    while (!this.paused) {
      const piece = this.file.slice(this.at, this.at + PIECE);
      const body = new FormData();
      body.set("file", piece, this.file.name);
      body.set("at", this.at);
      body.set("size", this.file.size);
      if (this.key) body.set("key", this.key);
      let answer;
      try {
        answer = await fetch(uploadUrl, { method: "POST", body, headers: { "X-CSRFToken": token, Accept: "application/json" } });
      } catch {
        this.part("percent").textContent = this.box.dataset.waiting;
        window.addEventListener("online", () => this.send(), { once: true });
        return;
      }
      const said = await answer.json().catch(() => ({}));
      if (!answer.ok) { this.refuse(said.sentence ?? fill(this.box.dataset.failed, { name: this.file.name })); return; }
      this.key = said.key ?? this.key;
      this.at = Math.min(this.file.size, this.at + PIECE);
      const percent = this.file.size ? Math.round((100 * this.at) / this.file.size) : 100;
      this.row.querySelector("progress").value = percent;
      this.part("percent").textContent = `${percent}%`;
      if (said.sha256) { this.finish(said); return; }
      if (this.at >= this.file.size) return;
    }
  }
  finish(said) {
    const kept = document.createElement("input");
    kept.type = "hidden";
    kept.name = `${this.box.dataset.field}-kept`;
    kept.value = said.sha256;
    this.row.append(kept);
    this.row.querySelector("progress").remove();
    this.part("pause").remove();
    this.part("percent").textContent = "";
    const line = this.part("done-line");
    line.querySelector("[data-said]").textContent = `${this.box.dataset.done} ${Math.max(1, Math.round(this.file.size / 1024))} KB`;
    line.hidden = false;
  }
}

function take(box, files) {
  const most = Number(box.dataset.mostMb);
  for (const file of files) {
    const row = new Row(box, file);
    if (file.size > most * MB) row.refuse(fill(box.dataset.tooBig, { name: file.name, size: Math.ceil(file.size / MB), most }));
    else row.send();
  }
}

for (const box of document.querySelectorAll("[data-upload][data-upload-url]")) {
  for (const input of box.querySelectorAll("input[type=file]")) {
    input.addEventListener("change", () => { take(box, [...input.files]); input.value = ""; });
  }
}
for (const box of document.querySelectorAll("[data-upload]")) {
  const drop = box.querySelector("[data-drop]");
  const input = box.querySelector("input[type=file]:not([capture])");
  for (const name of ["dragover", "dragenter"]) drop.addEventListener(name, (event) => { event.preventDefault(); drop.classList.add("is-dragged"); });
  for (const name of ["dragleave", "drop"]) drop.addEventListener(name, () => drop.classList.remove("is-dragged"));
  drop.addEventListener("drop", (event) => {
    event.preventDefault();
    if (box.dataset.uploadUrl) take(box, [...event.dataTransfer.files]);
    else { input.files = event.dataTransfer.files; input.dispatchEvent(new Event("change", { bubbles: true })); }
  });
  if (!box.dataset.uploadUrl) {
    box.addEventListener("change", (event) => {
      const list = box.querySelector("[data-files]");
      list.querySelectorAll("[data-picked]").forEach((old) => old.remove());
      for (const source of box.querySelectorAll("input[type=file]")) {
        for (const file of source.files) {
          const line = document.createElement("li");
          line.className = "file";
          line.dataset.picked = "";
          const big = file.size > Number(box.dataset.mostMb) * MB;
          line.textContent = big ? fill(box.dataset.tooBig, { name: file.name, size: Math.ceil(file.size / MB), most: box.dataset.mostMb }) : `${file.name} ${Math.max(1, Math.round(file.size / 1024))} KB`;
          if (big) line.classList.add("file-bad");
          list.append(line);
        }
      }
      event.stopPropagation();
    });
  }
}

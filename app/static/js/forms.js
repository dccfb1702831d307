// Forms: one submission per press, letters counted, the error summary takes the focus, a password can be looked at.
document.addEventListener("submit", (event) => {
  const form = event.target.closest("form[data-once]");
  if (!form || event.defaultPrevented) return;
  if (form.dataset.sent) { event.preventDefault(); return; }
  form.dataset.sent = "1";
  const button = event.submitter ?? form.querySelector("button:not([type=button])");
  button?.setAttribute("aria-busy", "true");
});
// Back from the next page: the form may be sent again.
window.addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-sent]")) {
    delete form.dataset.sent;
    form.querySelectorAll("[aria-busy]").forEach((button) => button.removeAttribute("aria-busy"));
  }
});

const summary = document.querySelector("[data-focus]");
if (summary) summary.focus({ preventScroll: false });

const letters = (text) => [...text.trim()].length;
function count(area) {
  const line = document.querySelector(`[data-count-for="${area.id}"]`);
  if (!line) return;
  const said = area.dataset.countSaid ?? line.dataset.said ?? "{n}";
  line.textContent = said.replace("{n}", letters(area.value));
  line.classList.toggle("is-over", area.maxLength > 0 && area.value.length >= area.maxLength);
}
for (const area of document.querySelectorAll("[data-count]")) {
  count(area);
  area.addEventListener("input", () => count(area));
}

for (const button of document.querySelectorAll("[data-reveal]")) {
  const field = document.getElementById(button.dataset.reveal);
  const show = button.getAttribute("aria-label");
  button.addEventListener("click", () => {
    const hidden = field.type === "password";
    field.type = hidden ? "text" : "password";
    button.setAttribute("aria-label", hidden ? button.dataset.hide : show);
    button.setAttribute("aria-pressed", String(hidden));
    field.focus();
  });
}

// A field for a code of six digits submits itself once it is full.
for (const field of document.querySelectorAll("input[data-full]")) {
  field.addEventListener("input", () => {
    const digits = field.value.replace(/\D/g, "");
    if (digits !== field.value) field.value = digits;
    if (digits.length === Number(field.dataset.full)) field.form.requestSubmit();
  });
}

// A choice that opens more fields: data-opens names the part, data-when the values.
function follow(control) {
  const part = document.getElementById(control.dataset.opens);
  if (!part) return;
  const values = (control.dataset.when ?? "").split(" ");
  const form = control.form;
  const value = control.type === "checkbox" ? (control.checked ? control.value : "") : control.type === "radio" ? form.querySelector(`[name="${control.name}"]:checked`)?.value ?? "" : control.value;
  part.hidden = !values.includes(value);
}
for (const control of document.querySelectorAll("[data-opens]")) {
  follow(control);
  control.form.addEventListener("change", () => follow(control));
}

// What was searched for goes back into its field here and not in the page itself, which is kept and sent on.
for (const field of document.querySelectorAll("[data-typed]")) {
  field.value = new URLSearchParams(location.search).get(field.name) ?? "";
}

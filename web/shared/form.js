// form.js: form fields with label, hint and error, and the summary of errors on top.

import {h, fill} from "/assets/shared/dom.js";
import {t, has} from "/assets/shared/i18n.js";

/** A file's control in the language of the page, where a browser would speak its own: a button, and what was chosen. */
export function filePicker(input) {
  const chosen = h("span", {class: "muted chosen"});
  const show = () => fill(chosen, input.files.length ? [...input.files].map((file) => file.name).join(", ") : t("form.no_file"));
  input.classList.add("visually-hidden");
  input.addEventListener("change", show);
  show();
  return h("div", {class: "row"}, h("label", {class: "button file"}, t(input.multiple ? "form.choose_files" : "form.choose_file"), input), chosen);
}

/** One labelled control. `control` is an input, select or textarea without id. */
export function field(id, label, control, hint) {
  control.id = id;
  control.name ||= id;
  const described = [];
  const parts = [h("label", {for: id}, label)];
  if (hint) {
    parts.push(h("p", {class: "hint", id: id + "-hint"}, hint));
    described.push(id + "-hint");
  }
  parts.push(control.type === "file" ? filePicker(control) : control, h("p", {class: "error", id: id + "-error", hidden: true}));
  described.push(id + "-error");
  control.setAttribute("aria-describedby", described.join(" "));
  return h("div", {class: "field", "data-field": id}, parts);
}

/** Marks fields of `form` as wrong and lists them on top; `errors` is {id: text}. An empty object clears. */
export function showErrors(form, errors, title = t("form.errors")) {
  for (const box of form.querySelectorAll("[data-field]")) {
    const text = errors[box.dataset.field];
    const line = box.querySelector(".error");
    box.classList.toggle("invalid", Boolean(text));
    line.hidden = !text;
    line.textContent = text ?? "";
    box.querySelector("input,select,textarea")?.setAttribute("aria-invalid", text ? "true" : "false");
  }
  let summary = form.querySelector(".error-summary");
  if (Object.keys(errors).length === 0) {
    summary?.remove();
    return;
  }
  if (!summary) {
    summary = h("div", {class: "error-summary", role: "alert", tabindex: "-1"});
    form.prepend(summary);
  }
  fill(summary, h("strong", {}, title), h("ul", {}, Object.entries(errors).map(([id, text]) =>
    h("li", {}, form.querySelector(`[data-field="${CSS.escape(id)}"]`)
      ? h("a", {href: "#" + id, onclick: (event) => { event.preventDefault(); form.querySelector("#" + CSS.escape(id)).focus(); }}, text)
      : text))));
  summary.focus();
}

/** Errors of a 400 answer as {id: text}: the path's last name is the field. */
export function errorsOf(problem) {
  const errors = {};
  for (const error of problem.errors ?? []) {
    const key = "rule." + error.rule, field = has("field." + error.path) ? t("field." + error.path) : error.path;
    errors[error.path] = has(key) ? t(key, {...error, field}) : `${field}: ${has("misfit." + error.rule) ? t("misfit." + error.rule) : error.rule}`;
  }
  return errors;
}

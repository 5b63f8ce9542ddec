// shift_form.js: the dialog that schedules a shift and seats the candidates who have no seat yet.

import {h, fill, toast} from "/assets/shared/dom.js";
import {t, formatNumber} from "/assets/shared/i18n.js";
import {api, NetworkError, problemText} from "/assets/shared/api.js";
import {field, showErrors} from "/assets/shared/form.js";

const local = (ms) => new Date(ms - new Date(ms).getTimezoneOffset() * 60000).toISOString().slice(0, 16);
const figure = (value, min, max) => h("input", {type: "number", min: String(min), max: String(max), value: String(value), inputmode: "numeric"});

/** Parts of the paper with minutes of their own: rows of «so many questions, so many minutes», in order. */
function partRows(count) {
  const list = h("ol", {class: "stack"}), sum = h("p", {class: "hint", role: "status"});
  const rows = () => [...list.children].map((row) => [...row.querySelectorAll("input")].map((input) => Number(input.value)));
  const draw = () => {
    const all = rows();
    fill(sum, t("shift.parts_sum", {questions: formatNumber(all.reduce((n, [q]) => n + q, 0)), of: formatNumber(count()), minutes: formatNumber(all.reduce((n, [, m]) => n + m, 0))}));
  };
  const add = (questions, minutes) => {
    const row = h("li", {class: "row", oninput: draw}, h("label", {}, t("shift.part_questions"), figure(questions, 1, 200)), h("label", {}, t("shift.part_minutes"), figure(minutes, 1, 600)),
      h("button", {type: "button", class: "quiet", onclick: () => { row.remove(); draw(); }}, t("shift.part_remove")));
    list.append(row);
    draw();
  };
  return {element: h("div", {"data-field": "shift-sections", class: "field"}, h("p", {class: "error", hidden: true}), list, h("button", {type: "button", onclick: () => add(1, 1)}, t("shift.part_add")), sum), add, draw, rows, clear: () => fill(list),
    sections: () => { let first = 1; return rows().map(([questions, minutes]) => { const section = {first, last: first + questions - 1, minutes}; first += questions; return section; }); }};
}

const CLOCKS = ["common", "personal"], DIVISIONS = ["whole", "parts", "each"];

function controls(forms) {
  const choice = (names, stem, change) => h("select", {onchange: change}, names.map((name) => h("option", {value: name}, t(stem + name))));
  const tick = () => h("input", {type: "checkbox"});
  return {
    code: h("input", {type: "text", value: "CA-1", maxlength: "20", autocomplete: "off"}), form_id: h("select", {}, forms.map((form) => h("option", {value: form.id}, `${form.code} (${form.item_count})`))),
    clock: choice(CLOCKS, "shift.clock."), starts_at: h("input", {type: "datetime-local", value: local(Date.now() + 3600000)}), ends_at: h("input", {type: "datetime-local", value: local(Date.now() + 7200000)}),
    minutes: figure(60, 1, 600), division: choice(DIVISIONS, "shift.division."), item_seconds: figure(60, 5, 36000), room_size: figure(50, 1, 500), grace_s: figure(5, 0, 300), late_minutes: figure(120, 0, 1440),
    calculator: tick(), check_in: tick(), two_persons: tick()};
}

/** What stands in the fields, as the interface takes it; errors by field where it cannot be. */
function read(inputs, parts, count) {
  const errors = {}, number = (name) => Number(inputs[name].value), division = inputs.division.value;
  for (const name of ["code", "starts_at", "ends_at"]) if (!inputs[name].value.trim()) errors["shift-" + name] = t("rule.required", {field: t("shift." + name)});
  for (const name of ["minutes", "room_size", "grace_s", "late_minutes", ...(division === "each" ? ["item_seconds"] : [])]) {
    const {min, max} = inputs[name];
    if (!Number.isInteger(number(name)) || inputs[name].value === "" || number(name) < Number(min) || number(name) > Number(max)) errors["shift-" + name] = t("rule.range", {field: t("shift." + name), min, max});
  }
  if (division === "parts") {
    const bad = parts.rows().findIndex(([questions, minutes]) => !(questions >= 1) || !(minutes >= 1)), all = parts.rows().reduce((n, [q]) => n + q, 0);
    if (bad >= 0) errors["shift-sections"] = t("shift.part_bad", {n: bad + 1});
    else if (all !== count) errors["shift-sections"] = t("shift.parts_wrong", {questions: formatNumber(all), of: formatNumber(count)});
  }
  if (Object.keys(errors).length > 0) return {errors};
  return {errors, body: {code: inputs.code.value.trim().toUpperCase(), form_id: inputs.form_id.value, clock: inputs.clock.value, starts_at: new Date(inputs.starts_at.value).toISOString(), ends_at: new Date(inputs.ends_at.value).toISOString(),
    minutes: number("minutes"), room_size: number("room_size"), grace_s: number("grace_s"), late_s: number("late_minutes") * 60, calculator: inputs.calculator.checked, check_in: inputs.check_in.checked, two_persons: inputs.two_persons.checked,
    ...(division === "parts" ? {sections: parts.sections()} : division === "each" ? {item_seconds: number("item_seconds")} : {})}};
}

/** Refusals of the server at the fields that they are about. */
function refusals(problem) {
  const at = {late_s: "late_minutes", sections: "division"}, long = ["sections", "item_seconds"];
  return Object.fromEntries(problem.errors.map((error) => {
    const name = at[error.path] ?? error.path;
    return [`shift-${error.path === "sections" ? "sections" : name}`, long.includes(error.path) && error.rule === "times" ? t("shift.parts_long") : error.rule === "cross" ? t("shift.parts_cross") : t("rule." + error.rule, {...error, field: t("shift." + name)})];
  }));
}

export function shiftForm(cycle, done) {
  const forms = cycle.progress.forms ?? [];
  if (forms.length === 0) return toast(t("shift.no_form"));
  const inputs = controls(forms), count = () => forms.find((form) => form.id === inputs.form_id.value).item_count, parts = partRows(count);
  const row = (name, hint) => field("shift-" + name, t("shift." + name), inputs[name], hint ? t(`shift.${name}_hint`) : null), tick = (name) => h("label", {class: "row"}, inputs[name], t("shift." + name));
  const each = row("item_seconds");
  /** As the form divides itself; in two where it does not. */
  let divided = null;
  const propose = () => {
    divided = inputs.form_id.value;
    const sections = forms.find((form) => form.id === divided).sections, minutes = Number(inputs.minutes.value);
    parts.clear();
    for (const questions of sections.length ? sections.map((s) => s.items) : [Math.ceil(count() / 2), Math.floor(count() / 2)]) parts.add(questions, Math.max(1, Math.floor((minutes * questions) / count())));
  };
  const divide = () => {
    parts.element.hidden = inputs.division.value !== "parts";
    each.hidden = inputs.division.value !== "each";
    if (!parts.element.hidden && (parts.rows().length === 0 || divided !== inputs.form_id.value)) propose();
    parts.draw();
  };
  inputs.division.addEventListener("change", divide);
  inputs.form_id.addEventListener("change", divide);
  const send = h("button", {class: "primary", type: "submit"}, t("shift.create"));
  const form = h("form", {novalidate: true, onsubmit: submit}, row("code"), row("form_id"), row("clock"), row("starts_at"), row("ends_at"), row("minutes"), row("division"), parts.element, each, row("room_size"),
    row("grace_s", true), row("late_minutes", true), tick("calculator"), tick("check_in"), tick("two_persons"),
    h("div", {class: "row end"}, h("button", {type: "button", onclick: () => dialog.close()}, t("cancel")), send));
  const dialog = h("dialog", {"aria-labelledby": "shift-title"}, h("h2", {id: "shift-title"}, t("cycle.act.shift")), form);
  divide();

  async function submit(event) {
    event.preventDefault();
    const {errors, body} = read(inputs, parts, count());
    showErrors(form, errors);
    if (!body) return;
    send.disabled = true;
    const answer = await api("POST", `/cycles/${cycle.code}/shifts`, body).catch((error) => { if (!(error instanceof NetworkError)) throw error; });
    send.disabled = false;
    if (!answer?.ok) return showErrors(form, answer?.problem?.errors ? refusals(answer.problem) : {"": answer ? problemText(answer) : t("problem.network")});
    dialog.close();
    toast(t("shift.created", {rooms: formatNumber(answer.data.rooms), sittings: formatNumber(answer.data.sittings)}));
    await done();
  }
  dialog.addEventListener("close", () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
}

// kinds.js: what the editor shows for each kind of item: options with their key, rows and columns, gaps, accepted answers, rubric.

import {h, toast} from "/assets/shared/dom.js";
import {t, currentLanguage, formatNumber} from "/assets/shared/i18n.js";
import {field} from "/assets/shared/form.js";
import {decimalText, decimalTyped} from "/assets/staff/bank/words.js";
import {plainText} from "/assets/staff/bank/markup.js";
import {richField} from "/assets/staff/bank/rich.js";
import {RULES, UPLOAD_TYPES, freeId, letter, newOption, newAccepted, newCriterion, newGap} from "/assets/staff/bank/model.js";

/** A text in both languages side by side. `stage`: {changed(), redraw(focus)}. */
export function bothLanguages(stage, path, label, text, options = {}) {
  return h("div", {class: "languages"}, ["vi", "en"].map((language) => {
    const box = richField(`${path}.${language}`, `${label} · ${t("language." + language)}`, text, language, {...options, changed: stage.changed});
    box.dataset.language = language;
    return box;
  }));
}
export function textInput(stage, value, keep, attributes = {}) {
  const input = h("input", {type: "text", autocomplete: "off", ...attributes, value});
  input.addEventListener("input", () => { keep(input.value); stage.changed(); });
  return input;
}
export const decimalInput = (stage, value, keep, attributes = {}) => textInput(stage, value === "" || value === null ? "" : decimalText(String(value)), (typed) => keep(decimalTyped(typed)), {inputmode: "decimal", class: "short", ...attributes});
export const countInput = (stage, value, keep, attributes = {}) => textInput(stage, value ? String(value) : "", (typed) => keep(Math.max(0, Math.trunc(Number(typed)) || 0)), {type: "number", min: "0", class: "short", ...attributes});
export function selectInput(stage, choices, value, keep, redraw = false) {
  const select = h("select", {}, choices.map(([key, text]) => h("option", {value: key, selected: String(key) === String(value)}, text)));
  select.addEventListener("change", () => { keep(select.value); stage.changed(); if (redraw) stage.redraw("#" + CSS.escape(select.id)); });
  return select;
}
export function checkbox(stage, label, value, keep, {redraw = false, id = null} = {}) {
  const input = h("input", {type: "checkbox", id, checked: value});
  input.addEventListener("change", () => { keep(input.checked); stage.changed(); if (redraw) stage.redraw(id ? "#" + CSS.escape(id) : null); });
  return h("label", {class: "check"}, input, label);
}
/** Places for faults that belong to a group and not to one control. */
export const groupError = (path) => h("div", {"data-field": path, class: "field group-error"}, h("p", {class: "error", id: path, tabindex: "-1", hidden: true}));

/** Buttons of one row: up, down, away; the last can be taken back. */
function rowTools(stage, rows, i, path, name, {least = 0, removed, restored} = {}) {
  const move = (to) => {
    rows.splice(to, 0, ...rows.splice(i, 1));
    stage.changed();
    stage.redraw(`#${CSS.escape(`${path}[${to}]`)}-tools button`);
  };
  const remove = () => {
    const [row] = rows.splice(i, 1), undo = removed?.(row);
    stage.changed();
    stage.redraw(rows.length ? `#${CSS.escape(`${path}[${Math.min(i, rows.length - 1)}]`)}-tools button` : null);
    toast(t("editor.removed", {name}), {label: t("undo"), run: () => {
      rows.splice(i, 0, row);
      undo?.();
      restored?.(row);
      stage.changed();
      stage.redraw(`#${CSS.escape(`${path}[${i}]`)}-tools button`);
    }});
  };
  return h("span", {class: "row-tools", id: `${path}[${i}]-tools`}, h("button", {type: "button", class: "tool", disabled: i === 0, "aria-label": t("editor.up", {name}), title: t("editor.up", {name}) + " (Alt+↑)", "data-move": "up", onclick: () => move(i - 1)}, "↑"),
    h("button", {type: "button", class: "tool", disabled: i === rows.length - 1, "aria-label": t("editor.down", {name}), title: t("editor.down", {name}) + " (Alt+↓)", "data-move": "down", onclick: () => move(i + 1)}, "↓"),
    h("button", {type: "button", class: "tool", disabled: rows.length <= least, "aria-label": t("editor.remove", {name}), title: t("editor.remove", {name}), onclick: remove}, "✕"));
}
function addButton(stage, label, rows, make, path, limit) {
  return h("button", {type: "button", disabled: rows.length >= limit, "data-add": "1", title: label + " (Ctrl+Enter)", onclick: () => {
    rows.push(make());
    stage.changed();
    stage.redraw(`#${CSS.escape(`${path}[${rows.length - 1}].text.vi`)}, #${CSS.escape(`${path}[${rows.length - 1}].value`)}`);
  }}, "+ " + label);
}
const notes = (stage, path, text) => h("details", {class: "note-box", open: Boolean(text.vi || text.en)}, h("summary", {}, t("editor.note")), bothLanguages(stage, path, t("editor.note"), text, {blocks: false}));
const rowBox = (head, ...content) => h("div", {class: "row-box"}, h("div", {class: "row-head"}, head), content);

function dropKeys(model, id) {
  const before = {order: [...model.order], pairs: [...model.pairs]};
  model.order = model.order.filter((other) => other !== id);
  model.pairs = model.pairs.filter((pair) => pair.row !== id && pair.column !== id);
  return () => Object.assign(model, before);
}

function optionRows(stage, model, keyControl, {fixed = false, credit = false} = {}) {
  const rows = model.options;
  return [rows.map((option, i) => rowBox([h("strong", {class: "option-letter"}, option.id), keyControl?.(option, i),
    credit ? field(`options[${i}].credit`, t("editor.credit"), decimalInput(stage, option.credit, (v) => { option.credit = v; })) : null,
    fixed ? null : rowTools(stage, rows, i, "options", t("editor.option", {id: option.id}), {least: 2, removed: (o) => dropKeys(model, o.id)})],
  bothLanguages(stage, `options[${i}].text`, t("editor.option", {id: option.id}), option.text, {blocks: false}), model.kind === "matching" || model.kind === "ordering" ? null : notes(stage, `options[${i}].note`, option.note))),
  groupError("options.key"), fixed ? null : addButton(stage, t("editor.add_option"), rows, () => newOption(rows), "options", 26)];
}
const rightRadio = (stage, model) => (option) => {
  const input = h("input", {type: "radio", name: "right", value: option.id, checked: Number(option.credit) > 0});
  input.addEventListener("change", () => { for (const other of model.options) other.credit = other === option ? "1" : ""; stage.changed(); });
  return h("label", {class: "check"}, input, t("editor.right"));
};
const rightCheck = (stage) => (option) => checkbox(stage, t("editor.right"), Number(option.credit) > 0, (on) => { option.credit = on ? "1" : ""; });
const ruleField = (stage, model) => field("rule", t("editor.rule"), selectInput(stage, RULES[model.kind].map((rule) => [rule, t("rule_name." + rule)]), model.rule, (v) => { model.rule = v; }, true), t("rule_hint." + model.rule));
const limits = (stage, model) => h("div", {class: "grid"}, field("choices_min", t("editor.choices_min"), countInput(stage, model.choices_min, (v) => { model.choices_min = v; })), field("choices_max", t("editor.choices_max"), countInput(stage, model.choices_max, (v) => { model.choices_max = v; }), t("editor.no_limit")));
const clamps = (stage, model) => h("div", {class: "grid"}, field("points_min", t("editor.points_min"), decimalInput(stage, model.points_min, (v) => { model.points_min = v; })), field("points_max", t("editor.points_max"), decimalInput(stage, model.points_max, (v) => { model.points_max = v; })));
const shuffle = (stage, model) => checkbox(stage, t("editor.shuffle"), model.shuffle, (on) => { model.shuffle = on; });

function placeSelect(stage, model) {
  return (option, i) => {
    const at = model.order.indexOf(option.id);
    const select = selectInput(stage, model.options.map((_, n) => [n, t("editor.place", {n: n + 1})]), at, (to) => {
      model.order = model.order.filter((id) => id !== option.id);
      model.order.splice(Number(to), 0, option.id);
    }, true);
    select.id = `place-${i}`;
    return h("label", {class: "check"}, t("editor.right_place"), select);
  };
}

function pairGrid(stage, model) {
  const short = (option) => plainText(option.text[currentLanguage()] || option.text.vi || option.text.en).slice(0, 40) || option.id;
  const credit = model.rule === "map";
  const cell = (row, column) => {
    const pair = model.pairs.find((p) => p.row === row.id && p.column === column.id), name = `${row.id} – ${column.id}`;
    const set = (value) => {
      model.pairs = model.pairs.filter((p) => p.row !== row.id || p.column !== column.id);
      if (value !== null) model.pairs.push({row: row.id, column: column.id, ...(credit ? {credit: value} : {credit: "1"})});
    };
    if (credit) return decimalInput(stage, pair?.credit ?? "", (v) => set(v === "" ? null : v), {"aria-label": name});
    const input = h("input", {type: "checkbox", checked: Boolean(pair), "aria-label": name});
    input.addEventListener("change", () => { set(input.checked ? "1" : null); stage.changed(); });
    return input;
  };
  return h("div", {class: "table-wrap", tabindex: "0", role: "region", "aria-label": t("editor.pairs")}, h("table", {class: "pairs"}, h("caption", {}, t("editor.pairs")), h("thead", {}, h("tr", {}, h("td", {}), model.columns.map((c) => h("th", {scope: "col"}, `${c.id}. ${short(c)}`)))),
    h("tbody", {}, model.options.map((row) => h("tr", {}, h("th", {scope: "row"}, `${row.id}. ${short(row)}`), model.columns.map((column) => h("td", {}, cell(row, column))))))));
}

function acceptedRows(stage, model) {
  const numeric = model.kind === "numeric", rows = model.accepted;
  return [rows.map((a, i) => {
    const name = t("editor.accepted", {n: i + 1}), range = numeric && (a.low !== "" || a.high !== "" || a.ranged), at = (member) => `accepted[${i}].${member}`;
    const decimal = (member, label) => field(at(member), label, decimalInput(stage, a[member], (v) => { a[member] = v; }));
    return rowBox([h("strong", {}, name), numeric ? checkbox(stage, t("editor.as_range"), range, (on) => { a.ranged = on; if (on) a.value = a.tolerance = ""; else a.low = a.high = ""; }, {redraw: true, id: at("ranged")}) : null, rowTools(stage, rows, i, "accepted", name, {least: 1})],
      h("div", {class: "grid"}, !numeric ? field(at("value"), t("editor.value"), textInput(stage, a.value, (v) => { a.value = v; }), t("editor.wildcards"))
        : range ? [decimal("low", t("editor.low")), decimal("high", t("editor.high"))] : [decimal("value", t("editor.value")), decimal("tolerance", t("editor.tolerance"))],
      decimal("credit", t("editor.credit"))), numeric && !range ? checkbox(stage, t("editor.relative"), a.relative, (on) => { a.relative = on; }) : null, notes(stage, at("note"), a.note));
  }), addButton(stage, t("editor.add_accepted"), rows, newAccepted, "accepted", 20)];
}

function gapRows(stage, model) {
  return [h("p", {class: "hint"}, t("editor.gaps_hint")), model.gaps.map((gap, g) => rowBox([h("strong", {}, t("editor.gap", {id: gap.id})), rowTools(stage, model.gaps, g, "gaps", t("editor.gap", {id: gap.id}))],
    field(`gaps[${g}].correct`, t("editor.right"), selectInput(stage, [["", t("choose")], ...gap.options.map((o, i) => [o.id, `${letter(i)}. ${plainText(o.text.vi || o.text.en)}`])], gap.correct, (v) => { gap.correct = v; })),
    gap.options.map((option, i) => h("div", {class: "gap-option"}, bothLanguages(stage, `gaps[${g}].options[${i}].text`, t("editor.option", {id: option.id}), option.text, {blocks: false}),
      rowTools(stage, gap.options, i, `gaps[${g}].options`, t("editor.option", {id: option.id}), {least: 2, removed: (o) => { const was = gap.correct; if (gap.correct === o.id) gap.correct = ""; return () => { gap.correct = was; }; }}))),
    addButton(stage, t("editor.add_option"), gap.options, () => newOption(gap.options), `gaps[${g}].options`, 26))),
  h("button", {type: "button", onclick: () => { model.gaps.push(newGap(model.gaps)); stage.changed(); stage.redraw(null); }}, "+ " + t("editor.add_gap"))];
}

function rubricRows(stage, model) {
  const total = () => model.rubric.reduce((sum, c) => sum + (Number(c.max) || 0), 0);
  return h("fieldset", {class: "card"}, h("legend", {}, t("editor.rubric")), h("p", {class: "hint"}, t("editor.rubric_hint")), model.rubric.map((c, i) => rowBox([h("strong", {}, t("editor.criterion", {n: i + 1})), field(`rubric[${i}].max`, t("editor.max"), decimalInput(stage, c.max, (v) => { c.max = v; })),
    rowTools(stage, model.rubric, i, "rubric", t("editor.criterion", {n: i + 1}), {least: 1})], bothLanguages(stage, `rubric[${i}].text`, t("editor.criterion", {n: i + 1}), c.text, {blocks: false}),
  h("details", {class: "note-box", open: c.levels.length > 0}, h("summary", {}, t("editor.levels")), c.levels.map((level, k) => h("div", {class: "gap-option"}, bothLanguages(stage, `rubric[${i}].levels[${k}].text`, t("editor.level", {n: k + 1}), level.text, {blocks: false}),
    field(`rubric[${i}].levels[${k}].credit`, t("editor.level_points"), decimalInput(stage, level.credit, (v) => { level.credit = v; })), rowTools(stage, c.levels, k, `rubric[${i}].levels`, t("editor.level", {n: k + 1})))),
  addButton(stage, t("editor.add_level"), c.levels, () => newOption(c.levels, "L"), `rubric[${i}].levels`, 12)))),
  addButton(stage, t("editor.add_criterion"), model.rubric, () => newCriterion(model.rubric), "rubric", 20), h("p", {class: "muted"}, t("editor.rubric_total", {total: formatNumber(total())})));
}

const set = (stage, legend, ...content) => h("fieldset", {class: "card"}, h("legend", {}, legend), content);
/** The part of the editor that only this kind has. */
export function kindSections(stage, model) {
  const options = (...rest) => set(stage, t("editor.options"), ...rest);
  switch (model.kind) {
  case "single": return [options(optionRows(stage, model, rightRadio(stage, model)), shuffle(stage, model))];
  case "truefalse": return [options(optionRows(stage, model, rightRadio(stage, model), {fixed: true}))];
  case "multiple": return [options(ruleField(stage, model), optionRows(stage, model, model.rule === "map" ? null : rightCheck(stage), {credit: model.rule === "map"}), limits(stage, model), model.rule === "map" ? clamps(stage, model) : null, shuffle(stage, model))];
  case "graded": return [options(h("p", {class: "hint"}, t("editor.graded_hint")), optionRows(stage, model, null, {credit: true}), shuffle(stage, model))];
  case "ordering":
    model.order = [...model.order.filter((id) => model.options.some((o) => o.id === id)), ...model.options.map((o) => o.id).filter((id) => !model.order.includes(id))];
    return [options(h("p", {class: "hint"}, t("editor.ordering_hint")), ruleField(stage, model), optionRows(stage, model, placeSelect(stage, model)), shuffle(stage, model))];
  case "matching": return [set(stage, t("editor.rows"), optionRows(stage, model)), set(stage, t("editor.columns"), model.columns.map((c, i) => rowBox([h("strong", {class: "option-letter"}, c.id), rowTools(stage, model.columns, i, "columns", t("editor.column", {id: c.id}), {least: 2, removed: (o) => dropKeys(model, o.id)})],
    bothLanguages(stage, `columns[${i}].text`, t("editor.column", {id: c.id}), c.text, {blocks: false}))), addButton(stage, t("editor.add_column"), model.columns, () => newOption(model.columns, "M"), "columns", 26)),
  set(stage, t("editor.pairs"), ruleField(stage, model), pairGrid(stage, model), groupError("pairs"), limits(stage, model), model.rule === "map" ? clamps(stage, model) : null, shuffle(stage, model))];
  case "numeric": return [set(stage, t("editor.accepted_title"), field("unit", t("editor.unit"), textInput(stage, model.unit, (v) => { model.unit = v; }, {class: "short", maxlength: "40"})), acceptedRows(stage, model))];
  case "text": return [set(stage, t("editor.accepted_title"), acceptedRows(stage, model), h("p", {class: "label"}, t("editor.fold")), ["fold_case", "fold_marks", "fold_spaces"].map((name) => checkbox(stage, t("editor." + name), model[name], (on) => { model[name] = on; })),
    h("div", {class: "grid"}, field("words_max", t("editor.words_max"), countInput(stage, model.words_max, (v) => { model.words_max = v; }), t("editor.no_limit"))))];
  case "inline": return [set(stage, t("editor.gaps"), ruleField(stage, model), gapRows(stage, model), shuffle(stage, model))];
  case "essay": return [set(stage, t("editor.space"), h("div", {class: "grid"}, field("words_max", t("editor.words_max"), countInput(stage, model.words_max, (v) => { model.words_max = v; }), t("editor.no_limit")), field("lines", t("editor.lines"), countInput(stage, model.lines, (v) => { model.lines = v; }), t("editor.lines_hint")))), rubricRows(stage, model)];
  case "upload": return [set(stage, t("editor.files"), h("p", {class: "label"}, t("editor.upload_types")), UPLOAD_TYPES.map((type) => checkbox(stage, t("upload." + type), model.upload_types.includes(type), (on) => { model.upload_types = on ? [...model.upload_types, type] : model.upload_types.filter((other) => other !== type); })),
    h("div", {class: "grid"}, field("upload_bytes_max", t("editor.upload_mib"), countInput(stage, Math.round(model.upload_bytes_max / 1048576), (v) => { model.upload_bytes_max = v * 1048576; })), field("upload_files_max", t("editor.upload_files"), countInput(stage, model.upload_files_max, (v) => { model.upload_files_max = v; })))), rubricRows(stage, model)];
  default: return [];
  }
}
/** A gap for the text, made when the author asks for one; gives its id. */
export function addGap(stage, model) {
  model.gaps.push(newGap(model.gaps));
  stage.changed();
  queueMicrotask(() => stage.redraw(null));
  return model.gaps.at(-1).id;
}

// blueprints.js: what forms must be: sections, counts, targets, budgets, limits. Every member has its field; the whole
// document can be read and written as JSON as well.

import {h, fill, toast} from "/assets/shared/dom.js";
import {t, formatDateTime, formatNumber} from "/assets/shared/i18n.js";
import {api, NetworkError, problemText} from "/assets/shared/api.js";
import {field, showErrors} from "/assets/shared/form.js";
import {dataTable} from "/assets/shared/table.js";
import {read, act, may} from "/assets/staff/app.js";
import {KINDS, LEVELS, kindName, levelName, decimalTyped, decimalText} from "/assets/staff/bank/words.js";
import {bankPage, bankOptions, readBanks, lastBank, faultText, keepSafe} from "/assets/staff/bank/frame.js";

const FORMAT = "khoacu-blueprint/1";
/** What a section may be of: a stimulus comes with its items. */
const SECTION_KINDS = KINDS.filter((kind) => kind !== "stimulus");
const POINT = ["theta", "target", "tolerance", "min", "max"];
const fresh = () => ({format: FORMAT, title: "", items: 60, forms: 2, seed: 1, counts: []});

export async function blueprintsView() {
  const data = await read("/blueprints");
  if (!data) return;
  const rows = data.items;
  bankPage("blueprints", t("blueprint.list"), h("div", {class: "row between"}, h("h1", {}, t("blueprint.list")), may("bank-write") ? h("a", {class: "button primary no-print", href: "#/blueprints/new"}, t("blueprint.new")) : null), h("p", {class: "muted"}, t("blueprint.text")),
    dataTable(t("blueprint.list"), [{title: t("blueprint.name"), value: (b) => h("a", {href: "#/blueprints/" + b.id}, b.title || b.code)}, {title: t("items.code"), value: (b) => b.code}, {title: t("meta.bank"), value: (b) => b.bank}, {title: t("item.version"), number: true, value: (b) => String(b.version)},
      {title: t("item.updated"), value: (b) => formatDateTime(b.saved_at)}, {title: t("item.author"), value: (b) => b.author}], rows, {empty: t("blueprint.none")}));
}

const number = (text) => (text.trim() === "" ? undefined : Math.trunc(Number(text)));
const decimal = (text) => (text.trim() === "" ? undefined : decimalTyped(text));
/** Sets or removes a member, so that an empty field leaves nothing behind. */
function put(object, name, value) {
  const empty = value === undefined || (value && typeof value === "object" && !Array.isArray(value) && Object.keys(value).length === 0) || (Array.isArray(value) && value.length === 0);
  if (empty) delete object[name];
  else object[name] = value;
}

class BlueprintEditor {
  constructor(row, banks) {
    this.id = row?.id ?? null;
    this.document = structuredClone(row ? row.document : fresh());
    this.bank = row?.bank ?? lastBank(banks);
    this.code = row?.code ?? "";
    this.version = row?.version ?? 0;
    this.may_write = row?.may_write ?? true;
    this.banks = banks;
    this.dirty = false;
    this.form = h("form", {novalidate: true, class: "blueprint", onsubmit: (event) => { event.preventDefault(); void this.save(); }});
    this.topics = h("datalist", {id: "blueprint-topics"});
    this.draw();
    this.readTopics();
  }
  async readTopics() {
    const answer = this.bank ? await api("GET", `/banks/${encodeURIComponent(this.bank)}/topics`).catch(() => null) : null;
    if (answer?.ok) fill(this.topics, answer.data.items.map((row) => h("option", {value: row.topic})));
  }
  close() {
    this.dirty = false;
  }
  input(object, name, {kind = "count", ...attributes} = {}) {
    const value = object[name];
    const input = h("input", {type: kind === "count" ? "number" : "text", min: kind === "count" ? "0" : null, inputmode: kind === "decimal" ? "decimal" : null, class: kind === "text" ? null : "short", autocomplete: "off", value: value === undefined || value === null ? "" : kind === "decimal" ? decimalText(String(value)) : String(value), ...attributes});
    input.addEventListener("input", () => { put(object, name, kind === "count" ? number(input.value) : kind === "decimal" ? decimal(input.value) : input.value || undefined); this.dirty = true; });
    return input;
  }
  /** An input inside a member that may be absent: made when it is filled, gone when it is emptied. */
  inside(object, member, name, options) {
    const part = {...(object[member] ?? {})}, input = this.input(part, name, options);
    input.addEventListener("input", () => {
      const whole = {...(object[member] ?? {})};
      put(whole, name, part[name]);
      put(object, member, whole);
    });
    return input;
  }
  range(object, member, label, path = member, kind = "count") {
    return h("fieldset", {class: "range"}, h("legend", {}, label), h("div", {class: "row"}, field(`${path}.min`, t("from"), this.inside(object, member, "min", {kind})), field(`${path}.max`, t("to"), this.inside(object, member, "max", {kind}))));
  }
  list(object, name, {separator = ", ", upper = false, hint = null, label, path = name} = {}) {
    const input = h("input", {type: "text", spellcheck: "false", autocomplete: "off", value: (object[name] ?? []).join(separator)});
    input.addEventListener("input", () => { put(object, name, input.value.split(/[,;\s]+/).map((v) => (upper ? v.toUpperCase() : v)).filter(Boolean)); this.dirty = true; });
    return field(path, label, input, hint);
  }
  /** Choices of a list, any number of them; none leaves the member out. */
  choices(object, name, label, all, text) {
    const boxes = all.map((value) => [value, h("input", {type: "checkbox", checked: (object[name] ?? []).includes(value)})]);
    for (const [, box] of boxes) box.addEventListener("change", () => { put(object, name, boxes.filter(([, one]) => one.checked).map(([value]) => value)); this.dirty = true; });
    return h("fieldset", {class: "range choose-some", "data-choices": name}, h("legend", {}, label), h("p", {class: "hint"}, t("blueprint.choices_hint")), h("div", {}, boxes.map(([value, box]) => h("label", {class: "check"}, box, text(value)))));
  }
  counts(object, path) {
    const rows = (object.counts ??= []);
    const select = (row, name, choices) => {
      const control = h("select", {"aria-label": t("blueprint.count." + name)}, choices.map(([value, text]) => h("option", {value, selected: String(row[name] ?? "") === String(value)}, text)));
      control.addEventListener("change", () => { put(row, name, control.value === "" ? undefined : name === "level" ? Number(control.value) : control.value); this.dirty = true; });
      return control;
    };
    const cell = (row, i, name, options) => field(`${path}[${i}].${name}`, t("blueprint.count." + name), this.input(row, name, options));
    const sum = h("span", {class: "muted", role: "status"}), add = () => { sum.textContent = t("blueprint.sum", {min: formatNumber(rows.reduce((n, r) => n + (r.min ?? 0), 0)), items: formatNumber(this.document.items ?? 0)}); };
    add();
    return h("div", {class: "stack", oninput: add}, rows.length ? h("div", {class: "table-wrap", tabindex: "0", role: "region", "aria-label": t("blueprint.counts")}, h("table", {class: "counts"}, h("caption", {class: "visually-hidden"}, t("blueprint.counts")), h("thead", {}, h("tr", {}, ["topic", "level", "kind", "min", "max"].map((name) => h("th", {scope: "col"}, t("blueprint.count." + name))), h("td", {}))),
      h("tbody", {}, rows.map((row, i) => h("tr", {}, h("td", {}, cell(row, i, "topic", {kind: "text", list: "blueprint-topics", spellcheck: "false"})), h("td", {}, select(row, "level", [["", t("blueprint.any")], ...LEVELS.map((l) => [l, levelName(l)])])), h("td", {}, select(row, "kind", [["", t("blueprint.any")], ...SECTION_KINDS.map((k) => [k, kindName(k)])])),
        h("td", {}, cell(row, i, "min")), h("td", {}, cell(row, i, "max")), h("td", {}, h("button", {type: "button", class: "tool", "aria-label": t("blueprint.remove_count", {n: i + 1}), onclick: () => this.remove(rows, i)}, "✕"))))))) : h("p", {class: "muted"}, t("blueprint.no_counts")),
    h("div", {class: "row"}, h("button", {type: "button", "data-add": "1", onclick: () => { rows.push({}); this.dirty = true; this.draw(`#${CSS.escape(`${path}[${rows.length - 1}].topic`)}`); }}, "+ " + t("blueprint.add_count")), sum));
  }
  remove(rows, i) {
    const [row] = rows.splice(i, 1);
    this.dirty = true;
    this.draw();
    toast(t("blueprint.removed"), {label: t("undo"), run: () => { rows.splice(i, 0, row); this.draw(); }});
  }
  sections() {
    const rows = (this.document.sections ??= []);
    return [rows.map((s, i) => h("fieldset", {class: "row-box"}, h("legend", {}, t("blueprint.section_n", {n: i + 1})), h("div", {class: "grid"}, field(`sections[${i}].code`, t("blueprint.section_code"), this.input(s, "code", {kind: "text", class: "short code", spellcheck: "false"})), field(`sections[${i}].title_vi`, t("blueprint.title_vi"), this.input(s, "title_vi", {kind: "text"})), field(`sections[${i}].title_en`, t("blueprint.title_en"), this.input(s, "title_en", {kind: "text", lang: "en"})),
      this.list(s, "topics", {label: t("blueprint.topics"), path: `sections[${i}].topics`, hint: t("blueprint.topics_hint")})), h("div", {class: "grid"}, this.range(s, "items", t("blueprint.items"), `sections[${i}].items`), this.range(s, "seconds", t("blueprint.seconds"), `sections[${i}].seconds`), this.range(s, "words", t("blueprint.words"), `sections[${i}].words`)),
    this.choices(s, "kinds", t("blueprint.section_kinds"), SECTION_KINDS, kindName), this.choices(s, "levels", t("blueprint.section_levels"), LEVELS, levelName),
    this.counts(s, `sections[${i}].counts`), h("button", {type: "button", class: "danger", onclick: () => this.remove(rows, i)}, t("blueprint.remove_section")))),
    h("button", {type: "button", onclick: () => { rows.push({code: String.fromCharCode(65 + rows.length)}); this.dirty = true; this.draw(`#${CSS.escape(`sections[${rows.length - 1}].code`)}`); }}, "+ " + t("blueprint.add_section"))];
  }
  /** Points of a curve: at each a target, demanded when it has a tolerance, or bounds. */
  points(object, member, name, title) {
    const rows = object[member] ?? [];
    const keep = () => { put(object, member, rows); this.dirty = true; };
    return h("div", {class: "stack"}, h("p", {class: "hint"}, t("blueprint.points_hint")), rows.length ? h("div", {class: "table-wrap", tabindex: "0", role: "region", "aria-label": title}, h("table", {class: "counts points"}, h("caption", {class: "visually-hidden"}, title), h("thead", {}, h("tr", {}, POINT.map((n) => h("th", {scope: "col"}, t("blueprint.point." + n))), h("td", {}))), h("tbody", {}, rows.map((row, i) => h("tr", {}, POINT.map((n) => h("td", {}, field(`${name}[${i}].${n}`, t("blueprint.point." + n), this.input(row, n, {kind: "decimal"})))),
      h("td", {}, h("button", {type: "button", class: "tool", "aria-label": t("blueprint.remove_point", {n: i + 1}), onclick: () => { rows.splice(i, 1); keep(); this.draw(); }}, "✕"))))))) : null, h("button", {type: "button", onclick: () => { rows.push({theta: String(rows.length - 1)}); keep(); this.draw(`#${CSS.escape(`${name}[${rows.length - 1}].theta`)}`); }}, "+ " + t("blueprint.add_point")));
  }

  draw(focus) {
    const d = this.document, facility = (d.facility ??= {}), information = (d.information ??= {});
    const part = (name, open, ...content) => h("details", {class: "card", open, "data-part": name}, h("summary", {}, h("strong", {}, t("blueprint.part." + name)), " ", h("span", {class: "muted"}, t("blueprint.part_hint." + name))), content);
    const was = Object.fromEntries([...this.form.querySelectorAll("details[data-part]")].map((b) => [b.dataset.part, b.open]));
    const open = (name, filled) => was[name] ?? filled;
    const bank = h("select", {disabled: Boolean(this.id)}, bankOptions(this.banks, this.bank));
    bank.addEventListener("change", () => { this.bank = bank.value; this.readTopics(); });
    const code = h("input", {type: "text", class: "code", maxlength: "40", spellcheck: "false", autocomplete: "off", disabled: Boolean(this.id), value: this.code});
    code.addEventListener("input", () => { this.code = code.value.trim().toUpperCase(); this.dirty = true; });
    fill(this.form, h("fieldset", {class: "card"}, h("legend", {}, t("blueprint.whole")), h("div", {class: "grid"}, field("title", t("blueprint.name"), this.input(d, "title", {kind: "text", maxlength: "200"})), field("note", t("blueprint.note"), this.input(d, "note", {kind: "text", maxlength: "2000"}))), h("div", {class: "grid"}, field("bank", t("meta.bank"), bank), field("code", t("blueprint.code"), code, this.id ? null : t("blueprint.code_hint")), field("items", t("blueprint.items"), this.input(d, "items")), field("forms", t("blueprint.forms"), this.input(d, "forms"), t("blueprint.forms_hint")))),
      part("counts", open("counts", true), this.counts(d, "counts")), part("sections", open("sections", d.sections?.length > 0), this.sections()),
      part("facility", open("facility", Object.keys(facility).length > 0), h("div", {class: "grid"}, field("facility.mean.target", t("blueprint.mean_target"), this.inside(facility, "mean", "target", {kind: "decimal"}), t("blueprint.mean_hint")), field("facility.mean.tolerance", t("blueprint.tolerance"), this.inside(facility, "mean", "tolerance", {kind: "decimal"}), t("blueprint.tolerance_hint")), field("facility.difference", t("blueprint.difference"), this.input(facility, "difference", {kind: "decimal"}), t("blueprint.difference_hint"))), this.range(facility, "mean", t("blueprint.mean_bounds"), "facility.mean", "decimal"), h("h3", {}, t("blueprint.curve")), this.points(facility, "curve", "facility.curve", t("blueprint.curve"))),
      part("information", open("information", Object.keys(information).length > 0), h("p", {class: "hint"}, t("blueprint.calibrate_text"), " ", this.bank && may("form-seal") ? h("a", {href: "#/import/calibrations/" + this.bank}, t("blueprint.calibrate")) : null), h("div", {class: "grid"}, field("information.difference", t("blueprint.difference"), this.input(information, "difference", {kind: "decimal"}), t("blueprint.difference_information")), field("information.scale", t("blueprint.scale"), this.input(information, "scale", {kind: "decimal"}), t("blueprint.scale_hint"))), h("label", {class: "check"}, h("input", {type: "checkbox", checked: Boolean(information.maximise), onchange: (event) => { put(information, "maximise", event.target.checked || undefined); this.dirty = true; }}), t("blueprint.maximise")), h("h3", {}, t("blueprint.points")), this.points(information, "points", "information.points", t("blueprint.points"))),
      part("budget", open("budget", Boolean(d.seconds || d.words)), h("div", {class: "grid"}, this.range(d, "seconds", t("blueprint.seconds")), this.range(d, "words", t("blueprint.words")))),
      part("reuse", open("reuse", ["exposure_max", "uses_max", "overlap_max", "leave_out", "anchors"].some((n) => d[n] !== undefined) || d.previous?.length > 0 || Object.keys(d.stimuli ?? {}).length > 0), h("div", {class: "grid"}, field("exposure_max", t("blueprint.exposure_max"), this.input(d, "exposure_max"), t("blueprint.exposure_hint")), field("uses_max", t("blueprint.uses_max"), this.input(d, "uses_max")), field("overlap_max", t("blueprint.overlap_max"), this.input(d, "overlap_max"))),
        this.anchors(d), this.list(d, "leave_out", {label: t("blueprint.leave_out"), upper: true, hint: t("blueprint.codes_hint")}), this.previous(d),
        h("div", {class: "grid"}, this.range((d.stimuli ??= {}), "count", t("blueprint.stimuli_count"), "stimuli.count"), this.range(d.stimuli, "items", t("blueprint.stimuli_items"), "stimuli.items"))),
      part("solver", open("solver", false), h("div", {class: "grid"}, field("seed", t("blueprint.seed"), this.input(d, "seed"), t("blueprint.seed_hint")), field("solve_s", t("blueprint.solve_s"), this.input(d, "solve_s"))), this.json()),
      h("div", {class: "row sticky-end no-print"}, this.may_write ? h("button", {type: "submit", class: "primary"}, t("blueprint.save")) : h("span", {class: "muted"}, t("blueprint.read_only")), may("form-seal") ? h("button", {type: "button", onclick: () => this.assemble()}, t("blueprint.assemble")) : null), this.topics);
    if (focus) this.form.querySelector(focus)?.focus();
  }
  anchors(d) {
    const input = h("input", {type: "text", spellcheck: "false", autocomplete: "off", value: (d.anchors ?? []).map((a) => a.item + (a.section ? ":" + a.section : "")).join(", ")});
    input.addEventListener("input", () => { put(d, "anchors", input.value.split(/[,;\s]+/).filter(Boolean).map((v) => { const [item, section] = v.split(":"); return section ? {item: item.toUpperCase(), section} : {item: item.toUpperCase()}; })); });
    return field("anchors", t("blueprint.anchors"), input, t("blueprint.anchors_hint"));
  }
  /** Earlier forms, with each of which a new one may share only so much. */
  previous(d) {
    const rows = (d.previous ??= []);
    return h("fieldset", {class: "range"}, h("legend", {}, t("blueprint.previous")), h("p", {class: "hint"}, t("blueprint.previous_hint")), rows.map((row, i) => h("div", {class: "row-box"}, h("div", {class: "grid"}, field(`previous[${i}].code`, t("blueprint.previous_code"), this.input(row, "code", {kind: "text", spellcheck: "false"})), field(`previous[${i}].overlap_max`, t("blueprint.previous_overlap"), this.input(row, "overlap_max"))),
      this.list(row, "items", {label: t("blueprint.previous_items"), upper: true, hint: t("blueprint.codes_hint"), path: `previous[${i}].items`}), h("button", {type: "button", onclick: () => this.remove(rows, i)}, t("blueprint.remove_previous", {n: i + 1})))),
    h("button", {type: "button", "data-add": "previous", onclick: () => { rows.push({overlap_max: 0}); this.dirty = true; this.draw(`#${CSS.escape(`previous[${rows.length - 1}].code`)}`); }}, "+ " + t("blueprint.add_previous")));
  }
  json() {
    const area = h("textarea", {rows: "14", spellcheck: "false", class: "code-like"});
    return h("details", {class: "note-box", ontoggle: (event) => { if (event.target.open) area.value = JSON.stringify(this.clean(), null, 1); }}, h("summary", {}, t("blueprint.json")), field("json", t("blueprint.json"), area, t("blueprint.json_hint")), h("button", {type: "button", onclick: () => {
      try {
        this.document = JSON.parse(area.value);
        this.dirty = true;
        this.draw();
        toast(t("blueprint.json_taken"));
      } catch (error) {
        showErrors(this.form, {json: t("blueprint.json_wrong", {why: error.message})});
      }
    }}, t("blueprint.json_take")));
  }
  clean() {
    const d = structuredClone(this.document);
    for (const name of ["facility", "information", "counts", "sections", "seconds", "words", "previous", "stimuli"]) put(d, name, d[name]);
    for (const section of d.sections ?? []) put(section, "counts", section.counts);
    return {...d, format: FORMAT};
  }
  /** Shows faults at their fields, with the parts open in which they stand. */
  showErrors(errors) {
    showErrors(this.form, errors);
    for (const box of this.form.querySelectorAll("[data-field].invalid")) for (let part = box.closest("details"); part; part = part.parentElement.closest("details")) part.open = true;
  }
  /** A fault with the name of its field and, in a list, the row: a summary that says only «missing» helps nobody. */
  named(place, text) {
    const label = this.form.querySelector(`[data-field="${CSS.escape(place)}"] label`)?.textContent, row = /.*\[(\d+)\]/.exec(place)?.[1];
    return label ? `${row === undefined ? label : t("blueprint.row", {field: label, n: Number(row) + 1})}: ${text.charAt(0).toLowerCase()}${text.slice(1)}` : text;
  }
  place(path) {
    return path.replace(/^(document|blueprint)\./, "");
  }
  async save() {
    const errors = {};
    if (!this.document.title?.trim()) errors.title = t("rule.required", {field: t("blueprint.name")});
    if (!this.code) errors.code = t("rule.required", {field: t("blueprint.code")});
    if (!this.document.items) errors.items = t("rule.required", {field: t("blueprint.items")});
    this.showErrors(errors);
    if (Object.keys(errors).length) return null;
    if (this.saving) return null; // pressed twice
    this.saving = true;
    const document = this.clean();
    const answer = await this.send(this.id ? {document, base_version: this.version} : {bank: this.bank, code: this.code, document});
    this.saving = false;
    if (!answer) return null;
    this.dirty = false;
    this.version = answer.version;
    toast(t("blueprint.saved"));
    if (!this.id) this.id = answer.id, history.replaceState(null, "", "#/blueprints/" + answer.id), this.draw();
    return this.id;
  }
  /** Sends; what another person saved meanwhile is told, and nothing that was typed is lost. */
  async send(body) {
    let answer = null;
    try {
      answer = await api(this.id ? "PUT" : "POST", this.id ? "/blueprints/" + this.id : "/blueprints", body);
    } catch (error) {
      if (!(error instanceof NetworkError)) throw error;
    }
    if (answer?.ok) return answer.data;
    const errors = {};
    for (const fault of answer?.problem?.errors ?? []) errors[this.place(fault.path)] = this.named(this.place(fault.path), fault.path.endsWith(".maximise") ? t("blueprint.maximise_or_target") : faultText(fault));
    if (answer?.problem?.code === "stale-version") {
      errors[""] = t("blueprint.conflict", {version: answer.problem.version});
      this.version = answer.problem.version;
    } else if (answer?.problem?.code === "code-taken") errors.code = problemText(answer);
    this.showErrors(Object.keys(errors).length ? errors : {"": answer ? problemText(answer) : t("problem.network")});
    return null;
  }
  async assemble() {
    if (this.assembling) return; // pressed twice
    this.assembling = true;
    const id = this.dirty || !this.id ? await this.save() : this.id, job = id && await act("POST", `/blueprints/${id}/assemble`, {});
    this.assembling = false;
    if (job) location.hash = "#/assemblies/" + job.assembly_id;
  }
}

async function show(row) {
  const banks = await readBanks();
  const editor = new BlueprintEditor(row, banks);
  const title = row ? row.title || row.code : t("blueprint.new");
  keepSafe(editor);
  const past = row?.assemblies ?? [];
  bankPage("blueprints", title, h("p", {class: "no-print"}, h("a", {href: "#/blueprints"}, "← " + t("blueprint.list"))), h("h1", {}, title), editor.form,
    past.length ? [h("h2", {}, t("blueprint.past")), dataTable(t("blueprint.past"), [{title: t("item.when"), value: (a) => h("a", {href: "#/assemblies/" + a.id}, formatDateTime(a.requested_at))}, {title: t("blueprint.result"), value: (a) => (t("assembly.short." + (a.verdict ?? "waiting")))}, {title: t("item.author"), value: (a) => a.requested_by}], past)] : null);
}
export const newBlueprintView = () => show(null);
export async function blueprintView(id) {
  const row = await read("/blueprints/" + id);
  if (row) await show(row);
}

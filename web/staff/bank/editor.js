// editor.js: one item in the making: text in both languages, key, metadata, and beside it the item as a candidate will see
// it. Everything can be done from the keyboard; nothing that was typed is lost without a question.

import {h, fill, ask, toast} from "/assets/shared/dom.js";
import {t} from "/assets/shared/i18n.js";
import {api, NetworkError} from "/assets/shared/api.js";
import {field, showErrors} from "/assets/shared/form.js";
import {read, stay} from "/assets/staff/app.js";
import {inLanguage, KINDS, LEVELS, kindName, levelName, topicName, dayTyped} from "/assets/staff/bank/words.js";
import {bankPage, bankOptions, readBanks, lastBank, keepBank, mayIn, keepSafe, send, sure, faultText} from "/assets/staff/bank/frame.js";
import {newItem, fromAnswer, bodyOf, contentOf, keyOf, checkItem} from "/assets/staff/bank/model.js";
import {toolBar} from "/assets/staff/bank/rich.js";
import {previewBox, stimulusOf} from "/assets/staff/bank/preview.js";
import {bothLanguages, textInput, decimalInput, countInput, selectInput, kindSections, addGap} from "/assets/staff/bank/kinds.js";

const LANGUAGES = "khoacu.editor.languages";
/** A fault's path as the interface names it, as a field of this page. */
const placeOf = (path) => path.replace(/^(content|key|meta)\./, "").replace(/^(body|rationale)$/, "$1.vi").replace(/\.text$/, ".text.vi");

/** A text of our own already names its field; one of the server does not. */
const own = (text, named) => (text === undefined ? null : text.startsWith(named) ? text : text.includes(": ") ? text : named + text);

class Editor {
  constructor({bank, banks, model, item = null, topics = []}) {
    Object.assign(this, {bank, banks, model, item, topics, dirty: false, timer: 0, checks: 0});
    this.stage = {changed: () => this.changed(), redraw: (focus) => this.redraw(focus)};
    this.preview = previewBox(t("preview.title"));
    this.faults = h("div", {class: "live-faults", role: "status"});
    this.kindBox = h("div", {});
    this.tools = toolBar({bank: () => this.bank, gap: model.kind === "inline" ? () => addGap(this.stage, this.model) : null});
    this.state = h("span", {class: "muted", role: "status"}, t("editor.unchanged"));
    this.form = h("form", {class: "editor-form", novalidate: true, onsubmit: (event) => { event.preventDefault(); void this.save(); }, onkeydown: (event) => this.keys(event), onfocusin: (event) => this.preview.speak(event.target.closest("[data-language]")?.dataset.language)}, this.sections());
    this.redraw(null);
    this.draw();
    this.leave = (event) => { if (this.dirty) event.preventDefault(); };
    addEventListener("beforeunload", this.leave);
  }

  sections() {
    const {model, stage, item} = this;
    const kind = selectInput(stage, KINDS.map((k) => [k, kindName(k)]), model.kind, (v) => { void this.changeKind(v); });
    const bank = h("select", {disabled: Boolean(item)}, bankOptions(this.banks, this.bank));
    bank.addEventListener("change", async () => {
      this.bank = bank.value;
      keepBank(bank.value);
      stage.changed();
      this.topics = await topicsOf(bank.value);
      const list = this.form.querySelector("#topics");
      if (list) fill(list, this.topics.map((name) => h("option", {value: name}, topicName(name))));
    });
    this.reason = h("input", {type: "text", maxlength: "1000", autocomplete: "off"});
    this.reason.addEventListener("input", () => { this.dirty = true; });
    return [h("fieldset", {class: "card"}, h("legend", {}, t("editor.what")), h("div", {class: "grid"}, field("kind", t("meta.kind"), kind, t("kind_hint." + model.kind)), field("bank", t("meta.bank"), bank),
      field("code", t("meta.code"), textInput(stage, model.code, (v) => { model.code = v.trim().toUpperCase(); }, {maxlength: "40", spellcheck: "false", disabled: Boolean(item), class: "code"}), item ? null : t("meta.code_hint"))),
    field("title", t("meta.title"), textInput(stage, model.title, (v) => { model.title = v; }, {maxlength: "200"}), t("meta.title_hint")),
    model.kind === "stimulus" ? null : field("stimulus", t("meta.stimulus"), textInput(stage, model.stimulus, (v) => { model.stimulus = v.trim().toUpperCase(); }, {class: "code", spellcheck: "false"}), t("meta.stimulus_hint"))),
    h("fieldset", {class: "card"}, h("legend", {}, t(model.kind === "stimulus" ? "editor.stimulus" : "editor.body")), bothLanguages(stage, "body", t("editor.body"), model.body)), this.kindBox,
    model.kind === "stimulus" ? null : h("fieldset", {class: "card"}, h("legend", {}, t("editor.scoring")), field("points", t("editor.points"), decimalInput(stage, model.points, (v) => { model.points = v; })),
      h("details", {open: Boolean(model.rationale.vi || model.rationale.en)}, h("summary", {}, t("editor.rationale")), bothLanguages(stage, "rationale", t("editor.rationale"), model.rationale))),
    this.metaSection(), h("fieldset", {class: "card"}, h("legend", {}, t("editor.saving")), item ? field("reason", t("editor.reason"), this.reason, t("editor.reason_hint")) : null, h("p", {class: "hint"}, item && item.state !== "draft" ? t("editor.becomes_draft") : t("editor.version_hint")))];
  }

  metaSection() {
    const {stage} = this, {meta} = this.model;
    const list = (value) => value.split(/[;,]/).map((v) => v.trim()).filter(Boolean);
    const topic = textInput(stage, meta.topic, (v) => { meta.topic = v.trim().toLowerCase(); }, {list: "topics", spellcheck: "false"});
    const expires = textInput(stage, dayTyped(meta.source_expires_on), (v) => { meta.source_expires_on = v; }, {type: "date"});
    return h("fieldset", {class: "card"}, h("legend", {}, t("editor.meta")), h("datalist", {id: "topics"}, this.topics.map((name) => h("option", {value: name}, topicName(name)))), h("div", {class: "grid"},
      field("topic", t("meta.topic"), topic, t("meta.topic_hint")), field("subject", t("meta.subject"), textInput(stage, meta.subject, (v) => { meta.subject = v.trim(); }, {maxlength: "60"})),
      field("level", t("meta.level"), selectInput(stage, [0, ...LEVELS].map((l) => [l, levelName(l)]), meta.level, (v) => { meta.level = Number(v); })), field("facility", t("meta.facility"), decimalInput(stage, meta.facility, (v) => { meta.facility = v; }), t("meta.facility_hint")),
      field("seconds", t("meta.seconds"), countInput(stage, meta.seconds, (v) => { meta.seconds = v; })), field("source_expires_on", t("meta.source_expires_on"), expires, t("meta.expires_hint"))),
    field("source", t("meta.source"), textInput(stage, meta.source, (v) => { meta.source = v; }, {maxlength: "400"}), t("meta.source_hint")),
    h("div", {class: "grid"}, field("tags", t("meta.tags"), textInput(stage, meta.tags.join(", "), (v) => { meta.tags = list(v); }), t("meta.list_hint")), field("enemies", t("meta.enemies"), textInput(stage, meta.enemies.join(", "), (v) => { meta.enemies = list(v.toUpperCase()); }, {spellcheck: "false"}), t("meta.enemies_hint"))));
  }

  async changeKind(kind) {
    if (this.dirty && this.model.kind !== kind && !(await sure(t("editor.change_kind"), h("p", {}, t("editor.change_kind_text", {from: kindName(this.model.kind), to: kindName(kind)})), t("editor.change_kind")))) return this.rebuild();
    this.model = newItem(kind, {...this.model, choices_min: 0, choices_max: 0});
    this.dirty = true;
    this.rebuild("#kind");
  }
  rebuild(focus) {
    this.tools = toolBar({bank: () => this.bank, gap: this.model.kind === "inline" ? () => addGap(this.stage, this.model) : null});
    fill(this.form, this.sections());
    this.toolPlace?.replaceChildren(this.tools);
    this.redraw(focus);
    this.draw();
  }
  redraw(focus) {
    fill(this.kindBox, kindSections(this.stage, this.model));
    this.languages();
    if (focus) [...this.form.querySelectorAll(focus)].find((e) => !e.disabled)?.focus();
  }
  changed() {
    this.dirty = true;
    this.state.textContent = t("editor.not_saved");
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.draw(), 150);
  }
  draw() {
    this.preview.draw(contentOf(this.model), keyOf(this.model), this.stimulus?.code === this.model.stimulus ? this.stimulus.content : null);
    if (this.model.stimulus && this.stimulus?.code !== this.model.stimulus) void this.readStimulus(this.model.stimulus);
    clearTimeout(this.check_timer);
    this.check_timer = setTimeout(() => this.check(), 900);
  }
  async readStimulus(code) {
    this.stimulus = {code, content: null};
    const content = await stimulusOf(this.bank, code);
    if (this.model.stimulus === code && content) this.stimulus = {code, content}, this.draw();
  }
  /** What the server would say of this state; shown beside the preview, never in the way of typing. */
  async check() {
    const mine = ++this.checks;
    let answer;
    try {
      answer = await api("POST", "/item-preview", {content: contentOf(this.model), key: keyOf(this.model)});
    } catch (error) {
      if (!(error instanceof NetworkError)) throw error;
      return;
    }
    if (mine !== this.checks || !this.form.isConnected) return;
    const own = answer.status === 404 ? Object.entries(checkItem(this.model)).map(([path, text]) => ({path, text})) : null;
    const faults = own ?? (answer.ok ? answer.data.faults : answer.problem?.errors) ?? [];
    const notes = answer.ok ? answer.data.notes ?? [] : [];
    fill(this.faults, notes.length ? h("ul", {class: "muted"}, notes.slice(0, 8).map((n) => h("li", {}, this.faultLink({path: n.path, text: inLanguage(n, "message")})))) : null, faults.length === 0 ? h("p", {class: "ok-text"}, "✓ " + t("editor.no_faults")) : [h("p", {class: "warn-text"}, t("editor.faults", {count: faults.length})),
      h("ul", {}, faults.slice(0, 8).map((f) => h("li", {}, this.faultLink(f))))]);
  }
  faultLink(fault) {
    const place = placeOf(fault.path), target = this.form.querySelector("#" + CSS.escape(place)), label = target?.closest(".field")?.querySelector("label")?.textContent;
    const named = label ? label + ": " : "";
    const text = own(fault.text, named) ?? named + faultText({...fault, path: label ? "" : place}) + (fault.detail ? ` (${fault.detail})` : "");
    return target ? h("a", {href: "#" + place, onclick: (event) => { event.preventDefault(); target.focus(); }}, text) : text;
  }

  keys(event) {
    if (this.tools.keys(event)) return event.preventDefault();
    if (event.ctrlKey && event.key.toLowerCase() === "s") {
      event.preventDefault();
      document.activeElement?.dispatchEvent(new Event("blur"));
      return void setTimeout(() => this.form.requestSubmit(), 0);
    }
    const row = event.target.closest?.(".row-box, .gap-option");
    if (event.ctrlKey && event.key === "Enter") {
      const add = event.target.closest("fieldset")?.querySelector("[data-add]");
      if (add && !add.disabled) event.preventDefault(), add.click();
    } else if (event.altKey && row && (event.key === "ArrowUp" || event.key === "ArrowDown")) {
      event.preventDefault();
      row.querySelector(`[data-move="${event.key === "ArrowUp" ? "up" : "down"}"]:not(:disabled)`)?.click();
    }
  }
  languages() {
    const shown = localStorage.getItem(LANGUAGES) ?? "both";
    this.form.dataset.languages = shown;
  }

  async save(then = null) {
    if (this.saving) return null; // pressed twice
    const errors = checkItem(this.model, false);
    showErrors(this.form, errors);
    if (Object.keys(errors).length) return null;
    this.state.textContent = t("editor.saving_now");
    this.saving = true;
    const body = bodyOf(this.model), where = this.item ? `/items/${this.item.id}/versions` : "/items";
    const answer = await send("POST", where, this.item ? {...body, reason: this.reason.value.trim(), base_version: this.item.version} : {bank: this.bank, ...(this.model.code ? {code: this.model.code} : {}), ...body}, this.form, placeOf,
      {refused: (problem) => problem.code === "stale-version" && this.conflict(problem.version)});
    this.saving = false;
    if (!answer) {
      this.state.textContent = t("editor.not_saved");
      return null;
    }
    this.close();
    toast(t("editor.saved", {version: answer.version ?? 1}));
    const id = answer.id ?? this.item.id;
    if (then === "next") return newItemView(new URLSearchParams({bank: this.bank, kind: this.model.kind, topic: this.model.meta.topic, level: String(this.model.meta.level)}));
    location.hash = `#/items/${id}`;
    return answer;
  }
  /** Somebody saved meanwhile: nothing typed is lost, and the person decides. */
  conflict(version) {
    const note = h("div", {class: "banner warn", role: "alert", tabindex: "-1"}, h("p", {}, t("editor.conflict", {version})), h("div", {class: "row"}, h("a", {class: "button", href: `#/items/${this.item.id}/versions/${version}`, target: "_blank", rel: "noopener"}, t("editor.conflict_look", {version})),
      h("button", {type: "button", onclick: () => { this.item = {...this.item, version}; note.remove(); this.form.requestSubmit(); }}, t("editor.conflict_over"))));
    this.form.querySelector(".banner.warn")?.remove();
    this.form.prepend(note);
    note.focus();
    return true;
  }
  close() {
    this.dirty = false;
    removeEventListener("beforeunload", this.leave);
  }
}

function show(editor, title, back) {
  keepSafe(editor);
  const shown = localStorage.getItem(LANGUAGES) ?? "both";
  const choose = h("select", {"aria-label": t("editor.languages"), class: "short"}, ["both", "vi", "en"].map((name) => h("option", {value: name, selected: name === shown}, t("editor.languages." + name))));
  choose.addEventListener("change", () => { localStorage.setItem(LANGUAGES, choose.value); editor.languages(); });
  editor.toolPlace = h("div", {class: "tool-place"}, editor.tools);
  const submit = h("button", {type: "button", class: "primary", onclick: () => editor.form.requestSubmit(), "aria-keyshortcuts": "Control+S"}, t("editor.save"));
  const help = h("button", {type: "button", class: "quiet", onclick: () => ask(t("editor.help"), h("div", {}, h("h3", {}, t("editor.help_keys")), h("dl", {class: "facts"}, [["Ctrl+S", "save"], ["Ctrl+B, Ctrl+I, Ctrl+U", "marks"], ["Ctrl+M", "formula"], ["Alt+F10", "tools"], ["Ctrl+Enter", "add"], ["Alt+↑, Alt+↓", "move"]].map(([key, name]) => [h("dt", {}, h("kbd", {}, key)), h("dd", {}, t("editor.key." + name))])),
    h("h3", {}, t("editor.help_signs")), h("pre", {}, t("editor.signs", {1: "{1}", 2: "{2}", a: "{a}", b: "{b}"}))), [{value: "", text: t("close")}])}, t("editor.help"));
  bankPage("items", title, h("p", {class: "no-print"}, h("a", {href: back}, "← " + t("back"))), h("h1", {}, title),
    h("div", {class: "editor-bar no-print"}, editor.toolPlace, h("div", {class: "row"}, choose, help, editor.state, editor.item ? null : h("button", {type: "button", onclick: () => editor.save("next")}, t("editor.save_next")), submit)),
    h("div", {class: "editor"}, editor.form, h("aside", {class: "editor-side"}, editor.preview, h("section", {class: "card"}, h("h2", {}, t("editor.check")), editor.faults))));
}

async function topicsOf(bank) {
  const answer = await api("GET", `/banks/${encodeURIComponent(bank)}/topics`).catch(() => null);
  return answer?.ok ? (answer.data.items ?? answer.data).map((row) => row.topic ?? row) : [];
}

export async function newItemView(query) {
  const banks = (await readBanks()).filter((bank) => mayIn(bank, "author"));
  if (banks.length === 0) return bankPage("items", t("editor.new"), h("h1", {}, t("editor.new")), h("div", {class: "card empty"}, h("p", {}, t("editor.no_bank"))));
  const bank = query.get("bank") || lastBank(banks), here = stay(), topics = await topicsOf(bank);
  if (!here()) return;
  const model = newItem(KINDS.includes(query.get("kind")) ? query.get("kind") : "single");
  model.meta.topic = query.get("topic") ?? "";
  model.meta.level = Number(query.get("level")) || 0;
  show(new Editor({bank, banks, model, topics}), t("editor.new"), "#/items");
}
export async function editItemView(id) {
  const item = await read("/items/" + id);
  if (!item) return;
  const here = stay(), banks = await readBanks(), topics = await topicsOf(item.bank);
  if (here()) show(new Editor({bank: item.bank, banks, model: fromAnswer(item), item, topics}), t("editor.edit", {code: item.code}), "#/items/" + id);
}

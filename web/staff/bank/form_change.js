// form_change.js: the next version of a form: items moved, taken out, put in or put in another's place; sections follow.

import {h, fill, toast} from "/assets/shared/dom.js";
import {t, formatNumber} from "/assets/shared/i18n.js";
import {field, showErrors} from "/assets/shared/form.js";
import {act} from "/assets/staff/app.js";
import {topicName, kindName} from "/assets/staff/bank/words.js";
import {send} from "/assets/staff/bank/frame.js";

/** The item of a code that may be drawn, or null. */
async function findItem(bank, code) {
  const found = await act("GET", "/items?" + new URLSearchParams({bank, q: code, state: "live", limit: "50"}));
  return found?.items.find((item) => item.code === code && item.kind !== "stimulus") ?? null;
}

/** `list`: the items with the number of their section, 0 where the form is one. */
function rowsOf(form) {
  const ends = [];
  for (const section of form.sections) ends.push((ends.at(-1) ?? 0) + section.items);
  return form.items.map((item, i) => ({id: item.id, version: item.version, code: item.code, topic: item.topic, kind: item.kind, section: Math.max(0, ends.findIndex((end) => i < end))}));
}

class Change {
  constructor(form, done) {
    Object.assign(this, {form, done, rows: rowsOf(form)});
    this.list = h("ol", {class: "stack change-list"});
    this.code = h("input", {type: "text", class: "code", spellcheck: "false", maxlength: "60"});
    this.into = form.sections.length ? h("select", {}, form.sections.map((s, i) => h("option", {value: String(i)}, s.title_vi))) : null;
    this.reason = h("textarea", {rows: "2", maxlength: "500"});
    this.said = h("p", {role: "status", class: "muted"});
    this.save = h("button", {type: "submit", class: "primary"}, t("forms.change_save"));
    this.body = h("form", {novalidate: true, onsubmit: (event) => { event.preventDefault(); void this.send(); }},
      h("p", {class: "muted"}, t("forms.change_text")), this.list,
      h("div", {class: "filters"}, field("change-code", t("forms.change_add"), this.code), this.into ? field("change-section", t("blueprint.section"), this.into) : null, h("button", {type: "button", onclick: () => this.add()}, t("forms.change_put"))),
      this.said, field("change-reason", t("reason"), this.reason),
      h("div", {class: "row end"}, h("button", {type: "button", onclick: () => this.dialog.close()}, t("cancel")), this.save));
    this.dialog = h("dialog", {class: "wide", "aria-labelledby": "change-title"}, h("h2", {id: "change-title"}, t("forms.change_title", {code: form.code})), this.body);
    this.dialog.addEventListener("close", () => this.dialog.remove());
  }
  open() {
    this.draw();
    document.body.append(this.dialog);
    this.dialog.showModal();
  }

  draw(focus = null) {
    const act = (row, i, name, mark, disabled, does) => h("button", {type: "button", class: "quiet", "aria-label": t("forms.change_" + name, {n: i + 1, code: row.code}), disabled, "data-at": `${name}-${row.id}`, onclick: does}, mark);
    const head = (row, i) => (this.form.sections.length && (i === 0 || this.rows[i - 1].section !== row.section) ? h("p", {class: "section-head"}, this.form.sections[row.section].title_vi) : null);
    fill(this.list, this.rows.map((row, i) => h("li", {}, head(row, i),
      h("div", {class: "row between"}, h("span", {}, h("strong", {}, `${i + 1}. ${row.code}`), h("span", {class: "muted"}, ` · ${topicName(row.topic)} · ${kindName(row.kind)}`)),
        h("span", {class: "row"}, act(row, i, "up", "↑", !this.beside(i, -1), () => this.move(i, -1)), act(row, i, "down", "↓", !this.beside(i, 1), () => this.move(i, 1)),
          act(row, i, "replace", "⇄", false, () => this.replace(i)), act(row, i, "remove", "✕", this.rows.length === 1, () => this.remove(i)))))));
    if (focus) this.list.querySelector(`[data-at="${focus}"]:not(:disabled)`)?.focus();
  }
  /** Whether the neighbour is of the same section: sections keep their places. */
  beside(i, by) {
    return this.rows[i + by]?.section === this.rows[i].section;
  }
  move(i, by) {
    [this.rows[i], this.rows[i + by]] = [this.rows[i + by], this.rows[i]];
    this.draw(`${by < 0 ? "up" : "down"}-${this.rows[i + by].id}`);
    fill(this.said, t("forms.change_moved", {code: this.rows[i + by].code, n: i + by + 1}));
  }
  remove(i) {
    const [row] = this.rows.splice(i, 1);
    this.draw(`remove-${this.rows[Math.min(i, this.rows.length - 1)].id}`);
    fill(this.said, t("forms.change_removed", {code: row.code}), " ", h("button", {type: "button", class: "quiet", onclick: () => { this.rows.splice(i, 0, row); this.draw(); fill(this.said); }}, t("undo")));
  }
  /** The item whose code stands in the field, when it may be put in; else the field says why not. */
  async wanted() {
    const code = this.code.value.trim();
    if (!code) return showErrors(this.body, {"change-code": t("rule.required", {field: t("forms.change_add")})}), null;
    if (this.rows.some((row) => row.code === code)) return showErrors(this.body, {"change-code": t("forms.change_twice", {code})}), null;
    const item = await findItem(this.form.bank, code);
    showErrors(this.body, item ? {} : {"change-code": t("forms.change_unknown", {code, bank: this.form.bank})});
    return item;
  }
  async add() {
    const item = await this.wanted(), section = Number(this.into?.value ?? 0);
    if (!item) return;
    const after = this.rows.findLastIndex((row) => row.section <= section);
    this.rows.splice(after + 1, 0, {id: item.id, version: item.version, code: item.code, topic: item.topic, kind: item.kind, section});
    this.code.value = "";
    this.draw();
    fill(this.said, t("forms.change_added", {code: item.code, n: after + 2}));
  }
  async replace(i) {
    if (!this.code.value.trim()) {
      fill(this.said, t("forms.change_first"));
      return this.code.focus();
    }
    const item = await this.wanted();
    if (!item) return;
    fill(this.said, t("forms.change_replaced", {code: this.rows[i].code, by: item.code}));
    this.rows[i] = {...this.rows[i], id: item.id, version: item.version, code: item.code, topic: item.topic, kind: item.kind};
    this.code.value = "";
    this.draw(`replace-${item.id}`);
  }

  async send() {
    if (!this.reason.value.trim()) return showErrors(this.body, {"change-reason": t("rule.required", {field: t("reason")})});
    this.save.disabled = true;
    const sections = this.form.sections.map((s, i) => ({...s, items: this.rows.filter((row) => row.section === i).length})).filter((s) => s.items > 0);
    const made = await send("POST", `/forms/${this.form.id}/versions`, {base_version: this.form.version, items: this.rows.map(({id, version}) => ({id, version})), ...(sections.length ? {sections} : {}), reason: this.reason.value.trim()},
      this.body, (path) => (path === "reason" ? "change-reason" : "change-code"));
    this.save.disabled = false;
    if (!made) return;
    this.dialog.close();
    toast(t("forms.changed_done", {version: formatNumber(made.version)}));
    await this.done();
  }
}

export function changeForm(form, done) {
  new Change(form, done).open();
}

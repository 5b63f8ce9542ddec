// marking.js: the examiner's screen. A blind code, one big number, Enter: the next script. No name, no roll number.

import {h, fill, toast} from "/assets/shared/dom.js";
import {t, currentLanguage, formatMark, formatNumber, formatTime} from "/assets/shared/i18n.js";
import {api, NetworkError, problemText} from "/assets/shared/api.js";
import {field, showErrors} from "/assets/shared/form.js";
import {dataTable} from "/assets/shared/table.js";
import {page, read} from "/assets/staff/app.js";

const STATUSES = ["awarded", "absent", "suspended", "void"];
const hundredths = (text) => Math.round(Number(text.replace(",", ".")) * 100);

/** Why a typed mark is not acceptable, or null. The server checks again. */
function fault(text, script) {
  if (!/^\d{1,3}([.,]\d{1,2})?$/.test(text)) return t("mark.form", {example: currentLanguage() === "vi" ? "42,5" : "42.5"});
  const value = hundredths(text);
  if (value > hundredths(script.mark_max)) return t("mark.over", {max: formatMark(script.mark_max)});
  if (value % hundredths(script.mark_step) !== 0) return t("mark.step", {step: formatMark(script.mark_step)});
  return null;
}

class Marking {
  constructor(items, counts) {
    Object.assign(this, {items, counts, at: Math.max(0, items.findIndex((s) => !s.status))});
    this.box = h("section", {class: "card mark-entry", "aria-live": "off"});
    this.list = h("div", {});
  }

  draw() {
    const script = this.items[this.at];
    const value = h("input", {type: "text", class: "big", inputmode: "decimal", autocomplete: "off", value: script.value ? formatMark(script.value) : ""});
    const status = h("select", {onchange: () => { value.disabled = status.value !== "awarded"; }}, STATUSES.map((name) => h("option", {value: name, selected: name === (script.status ?? "awarded")}, t("mark.status." + name))));
    const note = h("input", {type: "text", maxlength: "2000", value: script.note ?? ""});
    value.disabled = status.value !== "awarded";
    const form = h("form", {novalidate: true, onsubmit: (event) => { event.preventDefault(); void this.save(form, script, status.value, value.value.trim(), note.value.trim()); }},
      field("value", t("mark.value", {max: formatMark(script.mark_max), step: formatMark(script.mark_step)}), value, t("mark.hint")), field("status", t("mark.status"), status), field("note", t("mark.note"), note),
      h("div", {class: "row"}, h("button", {class: "primary", type: "submit"}, t("mark.save")), h("button", {type: "button", disabled: this.at === 0, onclick: () => this.go(this.at - 1)}, "← " + t("mark.previous")), h("button", {type: "button", disabled: this.at + 1 === this.items.length, onclick: () => this.go(this.at + 1)}, t("mark.skip") + " →")));
    form.addEventListener("keydown", (event) => {
      if (event.isComposing || !event.altKey) return;
      if (event.key === "ArrowLeft" && this.at > 0) this.go(this.at - 1);
      else if (event.key === "ArrowRight" && this.at + 1 < this.items.length) this.go(this.at + 1);
      else return;
      event.preventDefault();
    });
    const left = this.items.filter((s) => !s.status).length;
    fill(this.box, h("p", {role: "status"}, t("mark.left", {left: formatNumber(left), total: formatNumber(this.items.length)})), h("p", {class: "muted"}, t("mark.script")), h("p", {class: "blind"}, script.blind_code), h("p", {}, t("component." + script.component)), form);
    (value.disabled ? status : value).focus();
    value.select();
    this.drawList();
  }

  go(index) {
    this.at = index;
    this.draw();
  }

  drawList() {
    fill(this.list, dataTable(t("mark.list"), [{title: t("mark.script"), value: (s) => s.blind_code}, {title: t("mark.component"), value: (s) => t("component." + s.component)}, {title: t("mark.status"), value: (s) => (s.status ? t("mark.status." + s.status) : t("mark.waiting"))},
      {title: t("mark.mark"), number: true, value: (s) => (s.value ? formatMark(s.value) : "–")}, {title: t("mark.entered"), value: (s) => formatTime(s.entered_at)}], this.items, {open: (script) => this.go(this.items.indexOf(script))}));
  }

  /** To the field, not to the summary: whoever types marks corrects and goes on. */
  back(form, status) {
    const control = form.querySelector(status === "awarded" ? "#value" : "#note");
    control.focus();
    control.select();
  }

  async save(form, script, status, typed, note) {
    const wrong = status === "awarded" ? fault(typed, script) : !note && status !== "absent" ? t("mark.note_needed") : null;
    showErrors(form, wrong ? {[status === "awarded" ? "value" : "note"]: wrong} : {});
    if (wrong) return this.back(form, status);
    const body = {status, revision: script.revision ?? 0};
    if (status === "awarded") body.value = (hundredths(typed) / 100).toFixed(2);
    if (note) body.note = note;
    try {
      const answer = await api("PUT", `/scripts/${script.blind_id}/mark`, body);
      if (!answer.ok) {
        showErrors(form, {value: problemText(answer)});
        return this.back(form, status);
      }
      Object.assign(script, {status, value: body.value ?? null, note, revision: answer.data.revision ?? (script.revision ?? 0) + 1, entered_at: answer.data.entered_at ?? script.entered_at});
    } catch (error) {
      if (!(error instanceof NetworkError)) throw error;
      return showErrors(form, {value: t("problem.network")});
    }
    const next = this.items.findIndex((s, i) => i > this.at && !s.status), any = this.items.findIndex((s) => !s.status);
    if (any < 0) toast(t("mark.all_done"));
    this.go(next >= 0 ? next : any >= 0 ? any : this.at);
  }
}

export async function markingView() {
  const items = [];
  for (let after = ""; after !== null;) {
    const data = await read("/scripts?state=all&limit=200" + (after ? "&after=" + encodeURIComponent(after) : ""));
    if (!data) return;
    items.push(...data.items);
    after = data.next;
  }
  const title = h("h1", {}, t("mark.title"));
  if (items.length === 0) return page(t("mark.title"), title, h("div", {class: "card empty"}, h("p", {}, t("mark.none"))));
  const marking = new Marking(items);
  page(t("mark.title"), title, h("p", {class: "muted"}, t("mark.keys")), marking.box, marking.list);
  marking.draw();
}

// words.js: what waits for one person's word on an appeal: minutes of a dialogue, a decision; and for the head, who has not marked again yet.

import {h, toast} from "/assets/shared/dom.js";
import {t, formatDateTime, formatMark} from "/assets/shared/i18n.js";
import {field, showErrors} from "/assets/shared/form.js";
import {dataTable} from "/assets/shared/table.js";
import {page, read, act} from "/assets/staff/app.js";
import {actDialog} from "/assets/staff/release/dialog.js";

const shortCode = (id) => id.slice(-6).toUpperCase();

/** A script of an appeal: how far it is, and once both re-marks are final its marks and words. */
export function scriptCard(script) {
  const value = (m) => (m.value === null ? m.status : formatMark(m.value));
  return h("section", {class: "card stack"}, script.question ? h("h3", {}, t("appeals.question", {n: script.question})) : null, h("p", {}, t("appeals.progress", {final: script.final, of: script.remarkers})),
    script.next ? h("p", {}, t("appeals.next." + script.next), " ", h("span", {class: "muted"}, t("appeals.gap", {gap: formatMark(script.gap)}))) : null,
    script.marks.length ? dataTable(t("appeals.marks"), [{title: t("appeals.round"), value: (m) => t(m.round > 5 ? "appeals.remark_n" : "appeals.mark_n", {n: m.round > 5 ? m.round - 5 : m.round})}, {title: t("appeals.mark"), number: true, value}], script.marks)
      : h("p", {class: "muted"}, t("appeals.covered")),
    script.words.length ? dataTable(t("appeals.minutes"), [{title: t("appeals.by"), value: (w) => w.by}, {title: t("appeals.said"), value: (w) => t("appeals.said." + w.said) + (w.value ? " " + formatMark(w.value) : "")}, {title: t("appeals.words"), value: (w) => w.words}, {title: t("appeals.at"), value: (w) => formatDateTime(w.at)}], script.words) : null);
}

/** A mark as the interface takes it; null: it is none on this scale. */
function typed(text, max) {
  if (!/^\d{1,3}([.,]\d{1,2})?$/.test(text)) return null;
  const value = Number(text.replace(",", "."));
  return value <= Number(max) ? value.toFixed(2) : null;
}

/** One script with the form for one's word. The minutes as somebody signed them can be signed with one button: all must sign the same. */
function itemCard(item) {
  const dialogue = item.kind === "dialogue", said = dialogue ? item.words.filter((w) => w.kind === "dialogue" && w.stage === item.stage).at(-1) : null;
  const value = h("input", {type: "text", inputmode: "decimal", autocomplete: "off", value: said?.value ? formatMark(said.value) : ""}), words = h("textarea", {rows: "4", maxlength: "4000"}, said?.words ?? "");
  const id = (name) => `${name}-${item.blind_id}`;
  const send = async (body) => {
    if (!(await act("POST", "/appeal-words/" + item.blind_id, {kind: item.kind, ...body}))) return;
    await wordsView();
    toast(t("appeals.word_kept"));
  };
  const say = (what) => {
    const valued = what === "agreed" || what === "decided", number = typed(value.value.trim(), item.mark_max), errors = {};
    if (valued && number === null) errors[id("value")] = t("appeals.value_wrong", {max: formatMark(item.mark_max)});
    if (words.value.trim().length < 10) errors[id("words")] = t("rule.length", {field: t(dialogue ? "appeals.minutes" : "reason"), min: 10, max: 4000});
    showErrors(form, errors);
    if (Object.keys(errors).length === 0) void send({said: what, words: words.value.trim(), ...(valued ? {value: number} : {})});
  };
  const button = (what, primary) => h("button", {type: primary ? "submit" : "button", class: primary ? "primary" : null, onclick: primary ? null : () => say(what)}, t("appeals.say." + what));
  const form = h("form", {class: "stack", novalidate: true, onsubmit: (event) => { event.preventDefault(); say(dialogue ? "agreed" : "decided"); }},
    field(id("value"), t("appeals.mark"), value), field(id("words"), t(dialogue ? "appeals.minutes" : "reason"), words, dialogue ? t("appeals.minutes_hint") : null),
    h("div", {class: "row"}, dialogue ? [button("agreed", true), button("differ", false)] : [button("decided", true), item.kind === "head" ? button("passed_up", false) : null]));
  return h("article", {class: "stack"}, h("h2", {}, h("code", {}, shortCode(item.blind_id)), ` · ${t("component." + item.component)}`), item.signed ? h("p", {class: "banner ok"}, t("appeals.signed")) : null,
    h("p", {}, t("appeals.stood", {before: formatMark(item.before), max: formatMark(item.mark_max)})), scriptCard(item),
    said && !item.signed ? h("div", {class: "row"}, h("button", {type: "button", class: "primary", onclick: () => send({said: said.said, words: said.words, ...(said.value ? {value: said.value} : {})})}, t("appeals.sign_same")), h("span", {class: "muted"}, t("appeals.sign_same_text"))) : null,
    said || item.signed ? h("details", {class: "card"}, h("summary", {}, t("appeals.other_words")), form) : h("section", {class: "card"}, form));
}

/** Another re-marker is drawn where one does not come to it. */
const replace = (row) => actDialog({title: t("appeals.replace"), text: t("appeals.replace_text", {name: row.full_name, code: shortCode(row.blind_id)}), path: `/scripts/${row.blind_id}/replacement`, body: {marker: row.marker}, button: t("appeals.replace")});

export async function wordsView() {
  const data = await read("/appeal-words");
  if (!data) return;
  page(t("appeals.due"), h("h1", {}, t("appeals.due")), h("p", {class: "lead"}, t("appeals.due_lead")),
    data.items.length === 0 ? h("div", {class: "card empty"}, h("p", {}, t("appeals.due_none"))) : data.items.map(itemCard),
    data.waiting.length ? [h("h2", {}, t("appeals.waiting")), h("p", {class: "muted"}, t("appeals.waiting_text")), dataTable(t("appeals.waiting"), [{title: t("appeals.code"), value: (row) => h("code", {}, shortCode(row.blind_id))},
      {title: t("appeals.part"), value: (row) => t("component." + row.component)}, {title: t("appeals.marker"), value: (row) => row.full_name}, {title: t("appeals.since"), value: (row) => formatDateTime(row.since)},
      {title: t("appeals.act"), value: (row) => h("button", {type: "button", onclick: async () => { if (await replace(row)) await wordsView(); }}, t("appeals.replace"))}], data.waiting)] : null);
}

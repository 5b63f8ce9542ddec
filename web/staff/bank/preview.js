// preview.js: an item as a candidate will see it, and for its officers the key beneath.

import {h, fill} from "/assets/shared/dom.js";
import {t, currentLanguage} from "/assets/shared/i18n.js";
import {api} from "/assets/shared/api.js";
import {filePicker} from "/assets/shared/form.js";
import {decimalText} from "/assets/staff/bank/words.js";
import {markupNodes, plainText} from "/assets/staff/bank/markup.js";
import {letter} from "/assets/staff/bank/model.js";

const said = (text, language) => text?.[language] || text?.vi || text?.en || "";
const optionNodes = (text, language) => markupNodes(said(text, language));
export const languagesOf = (content) => ["vi", "en"].filter((language) => content?.body?.[language]);

let shown_choices = 0;  // each group of radio buttons has a name of its own: several items stand on one page
function choices(content, language, type) {
  const name = `preview-${++shown_choices}`, {choices_min: least, choices_max: most} = content;
  const limits = content.kind === "multiple" && (least || most) ? t(least && most ? "preview.choose_between" : least ? "preview.choose_least" : "preview.choose_most", {least, most}) : null;
  return h("fieldset", {class: "choices bare"}, h("legend", {class: limits ? "hint" : "visually-hidden"}, limits ?? t("editor.options")), (content.options ?? []).map((option, i) => h("label", {class: "choice"}, h("input", {type, name, disabled: false}), h("span", {class: "option-letter"}, letter(i)), h("span", {}, optionNodes(option.text, language)))));
}
function answerPart(content, language) {
  switch (content.kind) {
  case "single": case "truefalse": case "graded": return choices(content, language, "radio");
  case "multiple": return choices(content, language, "checkbox");
  case "ordering": return h("ol", {class: "choices"}, (content.options ?? []).map((option, i) => h("li", {class: "choice"}, h("span", {class: "option-letter"}, letter(i)), h("span", {}, optionNodes(option.text, language)))));
  case "matching": return h("div", {class: "table-wrap"}, h("table", {}, h("tbody", {}, (content.options ?? []).map((row) => h("tr", {}, h("th", {scope: "row"}, optionNodes(row.text, language)), h("td", {}, h("select", {"aria-label": plainText(said(row.text, language))}, h("option", {}, t("choose")), (content.columns ?? []).map((c) => h("option", {}, plainText(said(c.text, language)))))))))));
  case "numeric": return h("p", {class: "row"}, h("input", {type: "text", class: "short", inputmode: "decimal", "aria-label": t("editor.value")}), content.unit ?? "");
  case "text": return h("p", {}, h("input", {type: "text", "aria-label": t("editor.value")}));
  case "essay": return [h("textarea", {rows: String(Math.min(content.lines || 8, 20)), "aria-label": t("preview.essay")}), content.words_max ? h("p", {class: "hint"}, t("preview.words_max", {n: content.words_max})) : null];
  case "upload": return filePicker(h("input", {type: "file", "aria-label": t("editor.files")}));
  default: return null;
  }
}
function fillGaps(box, content, language) {
  for (const mark of box.querySelectorAll(".gap-mark")) {
    const gap = (content.gaps ?? []).find((g) => g.id === mark.textContent);
    if (gap) mark.replaceWith(h("select", {"aria-label": t("preview.gap", {n: content.gaps.indexOf(gap) + 1}), class: "short"}, h("option", {}, t("choose")), gap.options.map((o) => h("option", {}, plainText(said(o.text, language))))));
  }
  return box;
}
/** What a candidate sees of a content; `stimulus`: the content of the one it belongs to. */
export function itemNodes(content, {language = currentLanguage(), stimulus = null} = {}) {
  const shown = languagesOf(content).includes(language) ? language : languagesOf(content)[0] ?? language;
  const body = fillGaps(h("div", {class: "item-body"}, markupNodes(said(content.body, shown))), content, shown);
  return h("div", {class: "item-shown", lang: shown}, stimulus ? h("div", {class: "stimulus"}, markupNodes(said(stimulus.body, shown))) : null, body, answerPart(content, shown));
}

const shared = new Map();  // bank/code → content of a stimulus, or null
/** The content of the stimulus with this code in the bank, or null; read once. */
export async function stimulusOf(bank, code) {
  if (!code) return null;
  const place = `${bank}/${code}`;
  if (!shared.has(place)) {
    const found = await api("GET", `/items?${new URLSearchParams({bank, kind: "stimulus", q: code, limit: "10"})}`).catch(() => null);
    const row = found?.ok ? found.data.items.find((item) => item.code === code) : null;
    const item = row ? await api("GET", "/items/" + row.id).catch(() => null) : null;
    shared.set(place, item?.ok ? item.data.content : null);
  }
  return shared.get(place);
}

/** The key in words and figures, for those who may see it. */
export function keyNodes(content, key, language = currentLanguage()) {
  if (!key || content.kind === "stimulus") return null;
  const at = (id) => (content.options ?? []).findIndex((o) => o.id === id), name = (id) => (at(id) >= 0 ? letter(at(id)) : id);
  const wordsOf = (rows, id) => plainText(said((rows ?? []).find((row) => row.id === id)?.text, language));
  const lines = [];
  for (const o of key.options ?? []) if (o.credit !== undefined) lines.push([t("editor.option", {id: name(o.id)}), Number(o.credit) > 0 && o.credit === "1" ? "✓ " + t("editor.right") : decimalText(o.credit)]);
  if (key.order?.length) lines.push([t("preview.order"), key.order.map(name).join(" → ")]);
  for (const p of key.pairs ?? []) lines.push([wordsOf(content.options, p.row) || name(p.row), `${wordsOf(content.columns, p.column) || p.column}${p.credit && p.credit !== "1" ? " (" + decimalText(p.credit) + ")" : ""}`]);
  for (const g of key.gaps ?? []) lines.push([t("editor.gap", {id: g.id}), plainText(said(content.gaps?.find((x) => x.id === g.id)?.options.find((o) => o.id === g.correct)?.text, language)) || g.correct]);
  for (const a of key.accepted ?? []) lines.push([t("editor.value"), (a.low ? `${decimalText(a.low)} … ${decimalText(a.high)}` : content.kind === "numeric" ? decimalText(a.value) : a.value) + (a.tolerance ? ` ± ${decimalText(a.tolerance)}${a.relative ? " ×" : ""}` : "") + (a.credit && a.credit !== "1" ? ` (${decimalText(a.credit)})` : "")]);
  for (const [i, c] of (key.rubric ?? []).entries()) lines.push([t("editor.criterion", {n: i + 1}), `${plainText(said(c.text, language))} (${decimalText(c.max)})`]);
  const facts = [[t("editor.points"), decimalText(key.points ?? "1")], ...(key.rule && content.kind !== "graded" ? [[t("editor.rule"), t("rule_name." + key.rule)]] : []), ...lines];
  return h("div", {class: "key-box"}, h("h3", {}, t("preview.key")), h("dl", {class: "facts"}, facts.map(([a, b]) => [h("dt", {}, a), h("dd", {}, b)])),
    said(key.rationale, language) ? [h("h4", {}, t("editor.rationale")), markupNodes(said(key.rationale, language))] : null);
}

/** A box with both languages to choose from; draw(content, key) shows another state of the item. */
export function previewBox(label) {
  const show = h("div", {class: "preview-body"});
  let language = currentLanguage(), now = null;
  const tabs = ["vi", "en"].map((name) => h("button", {type: "button", class: "quiet", "aria-pressed": String(name === language), onclick: () => box.speak(name)}, t("language." + name)));
  const box = h("section", {class: "card preview", "aria-label": label}, h("div", {class: "row between"}, h("h2", {}, label), h("div", {class: "row"}, tabs)), show);
  box.draw = (content, key, stimulus) => {
    now = [content, key, stimulus];
    fill(show, content.body?.[language] ? itemNodes(content, {language, stimulus}) : h("p", {class: "muted"}, t("preview.no_language", {language: t("language." + language)})), key ? keyNodes(content, key, language) : null);
  };
  /** Shows it in a language, if one is named. */
  box.speak = (name) => {
    if (!name || name === language) return;
    language = name;
    tabs.forEach((tab, i) => tab.setAttribute("aria-pressed", String(["vi", "en"][i] === name)));
    if (now) box.draw(...now);
  };
  return box;
}

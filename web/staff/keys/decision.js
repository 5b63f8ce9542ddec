// decision.js: what is proposed about one question: by options where they are chosen, by accepted answers of numbers and texts,
// by the key document of the other kinds.

import {h, fill} from "/assets/shared/dom.js";
import {t} from "/assets/shared/i18n.js";
import {field} from "/assets/shared/form.js";
import {optionWords} from "/assets/shared/key_view.js";

const DECISIONS = ["", "stands", "drop", "all_right", "several", "new_key"];
const CHOICES = new Set(["single", "truefalse", "graded", "multiple"]);
const decimal = (text) => text.trim().replace(",", ".");

/** Options of the key by their canonical place; `ids`: as key documents name them. */
function optionPart(item, sealed, ids) {
  const type = item.kind === "multiple" ? "checkbox" : "radio", name = "key-" + Math.random().toString(36).slice(2);
  const boxes = item.options.map((option) => h("input", {type, name, value: option.id}));
  return {element: h("fieldset", {}, h("legend", {}, t("keys.right_options")), item.options.map((option, i) => h("label", {class: "row"}, boxes[i], optionWords(item.options, option.id)))),
    read: () => { const right = boxes.flatMap((box, i) => (box.checked ? [{credit: "1", id: ids[i]}] : [])); return right.length ? {...sealed, options: right} : null; }};
}

function acceptedPart(item, sealed, id) {
  const value = h("input", {type: "text", autocomplete: "off"}), tolerance = h("input", {type: "text", inputmode: "decimal", autocomplete: "off"});
  const number = item.kind === "numeric";
  return {element: h("div", {class: "filters"}, field(id + "-value", t("keys.accepted"), value), number ? field(id + "-tolerance", t("keys.tolerance"), tolerance) : null),
    read: () => { const text = number ? decimal(value.value) : value.value.trim(); return text ? {...sealed, accepted: [{value: text, ...(number && tolerance.value.trim() ? {tolerance: decimal(tolerance.value)} : {})}]} : null; }};
}

function documentPart(sealed, id) {
  const text = h("textarea", {rows: "6", class: "mono", spellcheck: "false"}, JSON.stringify(sealed, null, 1));
  return {element: field(id + "-document", t("keys.document"), text, t("keys.document_hint")), read: () => { try { return JSON.parse(text.value); } catch { return null; } }};
}

/** Controls for one question; adds its reader to `picks`, which gives {position, decision, keys?, reason} or null. */
export function decisionForm(position, item, picks) {
  const id = `decision-${position.position}`, sealed = position.keys[0];
  const part = CHOICES.has(item.kind) ? optionPart(item, sealed, position.ids) : ["numeric", "text"].includes(item.kind) ? acceptedPart(item, sealed, id) : documentPart(sealed, id);
  const where = h("div", {});
  const reason = h("textarea", {rows: "2", maxlength: "2000"});
  const takesKey = () => ["several", "new_key"].includes(decision.value);
  const decision = h("select", {onchange: () => fill(where, decision.value ? [takesKey() ? part.element : null, field(id + "-reason", t("keys.decision_reason"), reason, t("keys.decision_reason_hint"))] : null)}, DECISIONS.map((word) => h("option", {value: word}, t("keys.decision." + (word || "none")))));
  picks.set(position.position, {read: () => {
    if (!decision.value) return null;
    const key = takesKey() ? part.read() : undefined;
    return {position: position.position, decision: decision.value, ...(key ? {keys: [key]} : {}), reason: reason.value.trim(), ...(key === null ? {broken: true} : {})};
  }});
  if (item.kind === "essay" || item.kind === "upload") return null;
  return h("div", {class: "stack"}, field(id, t("keys.decision"), decision), where);
}

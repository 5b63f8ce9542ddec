// key_view.js: a question with its key for reading: which options are right, which was chosen, answers in words.

import {h} from "/assets/shared/dom.js";
import {t, currentLanguage} from "/assets/shared/i18n.js";
import {markupNodes, markupText} from "/assets/shared/markup.js";

const member = (part, name) => (currentLanguage() === "en" && part[name + "_en"]) || part[name];
const letter = (i) => String.fromCharCode(65 + i);
const nodes = (part) => (member(part, "html") ? markupNodes(member(part, "html")) : member(part, "text") ?? "");
const words = (part) => (member(part, "html") ? markupText(member(part, "html")) : member(part, "text") ?? "");
const gapMark = (id) => h("span", {class: "gap-mark"}, `[${id}]`);

export const stemNodes = (item) => (member(item, "stem_html") ? markupNodes(member(item, "stem_html"), gapMark) : member(item, "stem") ?? "");
export const stemWords = (item) => (member(item, "stem_html") ? markupText(member(item, "stem_html")) : member(item, "stem") ?? "");
/** Letter and words of an option, in the order in which they are shown. */
export function optionWords(options, id) {
  const at = options.findIndex((option) => option.id === id);
  return at < 0 ? "?" : `${letter(at)}. ${words(options[at])}`;
}

/** An answer, as it is kept or as the key has it, in words. */
export function answerWords(item, value) {
  if (typeof value === "string") return (item.options ?? []).some((option) => option.id === value) ? optionWords(item.options, value) : value;
  if (item.kind === "inline") return Object.entries(value ?? {}).map(([gap, id]) => `[${gap}] ${words((item.gaps ?? []).find((g) => g.id === gap)?.options.find((o) => o.id === id) ?? {text: "?"})}`).join("; ");
  if (item.kind === "matching") return (value ?? []).map(([row, column]) => `${words(item.options.find((o) => o.id === row) ?? {text: "?"})} → ${words((item.columns ?? []).find((o) => o.id === column) ?? {text: "?"})}`).join("; ");
  if (item.kind === "upload") return (value ?? []).map((file) => file.name).join(", ");
  return (value ?? []).map((id) => optionWords(item.options ?? [], id)).join(item.kind === "ordering" ? " → " : "; ");
}

/** The options as a list; what is right and what was given is said in words too. `note(id)` adds to a line. */
export function keyOptions(item, right, given, note = () => null) {
  if (!["single", "truefalse", "graded", "multiple"].includes(item.kind ?? "single")) return null;
  const rights = new Set(right.flat()), chosen = new Set([given ?? []].flat());
  return h("ol", {class: "key-options"}, (item.options ?? []).map((option, i) => h("li", {class: rights.has(option.id) ? "right" : null}, h("span", {class: "key-letter", "aria-hidden": "true"}, letter(i)), h("span", {}, nodes(option)),
    rights.has(option.id) ? h("span", {class: "tag ok"}, t("key.right")) : null, chosen.has(option.id) ? h("span", {class: "tag flag"}, t("key.chosen")) : null, note(option.id))));
}

// words.js: the bank's own nouns in the reader's language: kinds, states, levels, topics, flags, outcomes.

import {h} from "/assets/shared/dom.js";
import {t, has, currentLanguage, formatNumber} from "/assets/shared/i18n.js";

export const KINDS = ["single", "multiple", "truefalse", "ordering", "matching", "numeric", "text", "inline", "graded", "essay", "upload", "stimulus"];
export const STATES = ["draft", "in_review", "approved", "live", "retired"];
export const LEVELS = [1, 2, 3, 4];

const word = (prefix, key) => (key !== null && key !== undefined && has(prefix + key) ? t(prefix + key) : String(key ?? ""));
export const kindName = (kind) => word("kind.", kind);
export const levelName = (level) => (level ? word("level.", level) : t("level.0"));
export const topicName = (topic) => (topic ?? "").split("/").map((part) => word("topic.", part)).join(" › ");
export const outcomeName = (outcome) => word("outcome.", outcome);
export const actName = (act) => word("act.", act);
export const purposeName = (purpose) => word("purpose.", purpose);
export const rightName = (right) => word("right.", right);

const STATE_LOOK = {draft: ["plain", "○"], in_review: ["warn", "◔"], approved: ["flag", "◑"], live: ["ok", "●"], retired: ["stop", "✕"]};
export function stateTag(state) {
  const [look, sign] = STATE_LOOK[state] ?? ["plain", "○"];
  return h("span", {class: "tag " + look}, h("span", {"aria-hidden": "true"}, sign), word("item.state.", state));
}
const FLAG_LOOK = {stale: "stop", overexposed: "stop", duplicate: "warn", comments: "warn", "near-expiry": "warn"};
export const flagTag = (flag) => h("span", {class: "tag " + (FLAG_LOOK[flag] ?? "plain")}, word("flag.", flag));

/** A share in thousandths, or a decimal text, as people write it: 0,62. */
export function facilityText(value) {
  if (value === null || value === undefined || value === "" || value === -1) return "–";
  const share = typeof value === "string" ? Number(value) : value / 1000;
  return share.toLocaleString(currentLanguage() === "vi" ? "vi-VN" : "en-GB", {minimumFractionDigits: 2, maximumFractionDigits: 3});
}
/** A decimal that came as a text, with the mark of the language; its digits stay as they are. */
export const decimalText = (text) => (text === null || text === undefined ? "–" : typeof text === "number" ? formatNumber(text) : currentLanguage() === "vi" ? text.replace(".", ",") : text);
/** What was typed as a decimal, with the point that the interface wants. */
export const decimalTyped = (text) => text.trim().replace(/\s/g, "").replace(",", ".");
export const inLanguage = (row, stem) => row[`${stem}_${currentLanguage()}`] ?? row[stem] ?? row[`${stem}_vi`] ?? "";
export const dayTyped = (day) => (day ? String(day).slice(0, 10) : "");

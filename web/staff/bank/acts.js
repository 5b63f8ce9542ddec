// acts.js: acts on one item or many: what will happen in numbers, the reason, what became of each, and how to undo it.

import {h, ask, toast} from "/assets/shared/dom.js";
import {t, formatNumber} from "/assets/shared/i18n.js";
import {dataTable} from "/assets/shared/table.js";
import {act} from "/assets/staff/app.js";
import {actName, outcomeName} from "/assets/staff/bank/words.js";
import {askText, toastUndo} from "/assets/staff/bank/frame.js";

export const ACTS = ["submit", "withdraw", "approve", "return", "publish", "retire", "restore", "tag", "untag", "topic"];
const WANT_REASON = new Set(["return", "retire"]);
const WANT_VALUE = new Set(["tag", "untag", "topic"]);

/** Takes an act back; `again()` shows the list anew. */
export async function undoAct(undo, again) {
  const answer = await act("POST", `/item-acts/${undo}/undo`, {});
  if (!answer) return;
  const kept = answer.items.filter((item) => item.outcome !== "done").length;
  toast(kept ? t("acts.undone_some", {kept: formatNumber(kept)}) : t("acts.undone"));
  await again?.();
}

/** Asks, does and tells. items: [{id, code, version}]. Gives true when something was changed. */
export async function actOnItems(name, items, again = null) {
  const count = formatNumber(items.length);
  const body = h("div", {}, h("p", {}, t("acts.text." + name, {count})), items.length > 1 && items.length <= 12 ? h("p", {class: "muted"}, items.map((item) => item.code).join(", ")) : null);
  const title = items.length === 1 ? `${actName(name)} · ${items[0].code}` : t("acts.title", {act: actName(name), count});
  let value = "", reason = "";
  if (WANT_VALUE.has(name)) {
    value = await askText(title, body, t("acts.value." + name), {hint: t("acts.value_hint." + name), rows: "1", confirm: actName(name)});
    if (value === null) return false;
  } else {
    reason = await askText(title, body, t("reason"), {needed: WANT_REASON.has(name), confirm: actName(name), hint: WANT_REASON.has(name) ? null : t("acts.reason_free"), look: name === "retire" || name === "return" ? "danger" : "primary"});
    if (reason === null) return false;
  }
  const answer = await act("POST", "/item-acts", {ids: items.map((item) => item.id), versions: items.map((item) => item.version), act: name, ...(value ? {value} : {}), reason}, {timeout_ms: 60000});
  if (!answer) return false;
  const outcomes = answer.items;
  const codes = new Map(items.map((item) => [item.id, item.code]));
  const refused = outcomes.filter((o) => !["done", "accepted", "unchanged"].includes(o.outcome)), done = outcomes.filter((o) => ["done", "accepted"].includes(o.outcome)).length;
  const undo = answer.undo;
  if (refused.length) await ask(t("acts.some_refused", {done: formatNumber(done), refused: formatNumber(refused.length)}), dataTable(t("acts.refused"), [{title: t("items.code"), value: (o) => codes.get(o.id) ?? o.id}, {title: t("acts.why"), value: (o) => outcomeName(o.outcome)}], refused.slice(0, 200)), [{value: "", text: t("close"), class: "primary"}]);
  if (done && undo) toastUndo(t("acts.done", {act: actName(name), count: formatNumber(done)}), () => undoAct(undo, again));
  else if (done) toast(t("acts.done", {act: actName(name), count: formatNumber(done)}));
  else if (!refused.length) toast(t("acts.nothing"));
  return done > 0;
}

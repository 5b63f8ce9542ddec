// acts.js: acts on one item or many: what will happen in numbers, the reason, how far it has come, what became of each, and
// how to undo it.

import {h, ask, toast} from "/assets/shared/dom.js";
import {t, formatNumber} from "/assets/shared/i18n.js";
import {dataTable} from "/assets/shared/table.js";
import {act} from "/assets/staff/app.js";
import {actName, outcomeName} from "/assets/staff/bank/words.js";
import {askText, toastUndo} from "/assets/staff/bank/frame.js";

export const ACTS = ["submit", "withdraw", "approve", "return", "publish", "retire", "restore", "tag", "untag", "topic"];
const WANT_REASON = new Set(["return", "retire"]);
const WANT_VALUE = new Set(["tag", "untag", "topic"]);
/** Items that one request changes, all or none: the server takes 1,000, fewer show how far it has come. */
const PORTION = 250;
const SHOWN = 200;

/** Calls `each(one)` for one after another under a bar with a button to stop; gives how many were called until it was
 * stopped or `each` gave false. What is quick shows no bar. */
async function inTurn(title, all, each) {
  if (all.length === 1) return (await each(all[0])) ? 1 : 0;
  let stopped = false, done = 0;
  const bar = h("progress", {max: String(all.length), value: "0", "aria-label": title}), say = h("p", {role: "status"}, t("acts.portion", {done: formatNumber(0), all: formatNumber(all.length)}));
  const stop = h("button", {type: "button", onclick: () => { stopped = stop.disabled = true; }}, t("acts.stop"));
  const dialog = h("dialog", {"aria-labelledby": "acts-turn"}, h("h2", {id: "acts-turn"}, title), say, bar, h("p", {class: "muted"}, t("acts.stop_text")), h("div", {class: "row end"}, stop));
  dialog.addEventListener("cancel", (event) => { event.preventDefault(); stopped = stop.disabled = true; });
  document.body.append(dialog);
  dialog.showModal();
  for (; done < all.length && !stopped && (await each(all[done])); done++) {
    bar.value = done + 1;
    say.textContent = t("acts.portion", {done: formatNumber(done + 1), all: formatNumber(all.length)});
  }
  dialog.close();
  dialog.remove();
  return done;
}

/** Takes acts back, the last one first; `again()` shows the list anew, `left(undos)` gets those that could not be asked for. */
async function undoActs(undos, again, left) {
  let kept = 0;
  const order = [...undos].reverse(), done = await inTurn(t("acts.undoing"), order, async (undo) => {
    const answer = await act("POST", `/item-acts/${undo}/undo`, {}, {timeout_ms: 60000});
    kept += answer ? answer.items.filter((item) => item.outcome !== "done").length : 0;
    return Boolean(answer);
  });
  if (done === order.length) toast(kept ? t("acts.undone_some", {kept: formatNumber(kept)}) : t("acts.undone"));
  else left(undos.slice(0, order.length - done));
  if (done) await again?.();
}

/** The wording of an act: {value, reason}, or null when it was left. */
async function askHow(name, items) {
  const count = formatNumber(items.length), title = items.length === 1 ? `${actName(name)} · ${items[0].code}` : t("acts.title", {act: actName(name), count});
  const body = h("div", {}, h("p", {}, t("acts.text." + name, {count})), items.length > 1 && items.length <= 12 ? h("p", {class: "muted"}, items.map((item) => item.code).join(", ")) : null);
  const value = WANT_VALUE.has(name), needed = value || WANT_REASON.has(name);
  const text = await askText(title, body, value ? t("acts.value." + name) : t("reason"), {needed, confirm: actName(name), ...(value ? {rows: "1"} : {}),
    hint: value ? t("acts.value_hint." + name) : needed ? null : t("acts.reason_free"), look: WANT_REASON.has(name) ? "danger" : "primary"});
  return text === null ? null : value ? {value: text} : {reason: text};
}

/** What was not done, item by item, and what was not even tried. */
function tellRefused(done, refused, rest, items) {
  const codes = new Map(items.map((item) => [item.id, item.code]));
  const title = refused.length ? t("acts.some_refused", {done: formatNumber(done), refused: formatNumber(refused.length)}) : t("acts.stopped", {done: formatNumber(done), rest: formatNumber(rest)});
  return ask(title, h("div", {}, rest ? h("p", {}, t("acts.rest_chosen", {rest: formatNumber(rest)})) : null,
    refused.length ? dataTable(t("acts.refused"), [{title: t("items.code"), value: (o) => codes.get(o.id) ?? o.id}, {title: t("acts.why"), value: (o) => outcomeName(o.outcome)}], refused.slice(0, SHOWN)) : null,
    refused.length > SHOWN ? h("p", {class: "muted"}, t("acts.refused_more", {n: formatNumber(refused.length - SHOWN)})) : null), [{value: "", text: t("close"), class: "primary"}]);
}

/** Asks, does in portions and tells. items: [{id, code, version}]. Gives null when nothing was changed, else the items that
 * were not come to. `again()` is called after an undo; `done(text, undo)` may keep the undo in sight longer than the passing note does. */
export async function actOnItems(name, items, {again = null, done: keep = null} = {}) {
  const how = await askHow(name, items);
  if (!how) return null;
  const outcomes = [], undos = [], portions = [];
  for (let first = 0; first < items.length; first += PORTION) portions.push(items.slice(first, first + PORTION));
  const come = await inTurn(t("acts.title", {act: actName(name), count: formatNumber(items.length)}), portions, async (some) => {
    const answer = await act("POST", "/item-acts", {ids: some.map((item) => item.id), versions: some.map((item) => item.version), act: name, ...how}, {timeout_ms: 60000});
    if (answer) outcomes.push(...answer.items), answer.undo && undos.push(answer.undo);
    return Boolean(answer);
  });
  if (!come) return null;
  const rest = portions.slice(come).flat(), refused = outcomes.filter((o) => !["done", "accepted", "unchanged"].includes(o.outcome)), done = outcomes.filter((o) => ["done", "accepted"].includes(o.outcome)).length;
  if (refused.length || rest.length) await tellRefused(done, refused, rest.length, items);
  const text = t("acts.done", {act: actName(name), count: formatNumber(done)});
  const offer = (left, said) => (keep ?? toastUndo)(said, () => undoActs(left, again, (some) => offer(some, t("acts.undo_left"))));
  if (done && undos.length && keep) toast(text);
  if (done && undos.length) offer(undos, text);
  else if (done) toast(text);
  else if (!refused.length) toast(t("acts.nothing"));
  return done ? rest : null;
}

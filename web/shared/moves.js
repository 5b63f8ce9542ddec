// moves.js: the difference between two lists, as officers and the public read it: numbers, changed rules, who moved and why.

import {h} from "/assets/shared/dom.js";
import {t, has, formatMark, formatNumber} from "/assets/shared/i18n.js";
import {dataTable} from "/assets/shared/table.js";

const word = (prefix, key) => (has(prefix + key) ? t(prefix + key) : key);
const mark = (value) => (value === undefined || value === null ? "–" : typeof value === "string" ? formatMark(value) : formatNumber(value));

/** What stood there before and what stands there now, in words for a screen reader too. */
const fromTo = (before, after) => (before === after ? before : h("span", {}, before, h("span", {"aria-hidden": "true"}, " → "), h("span", {class: "visually-hidden"}, ` ${t("moves.to")} `), h("strong", {}, after)));

const place = (d) => (d?.place ? formatNumber(d.place) : "–");
const outcome = (d) => (d ? word("outcome.", d.outcome) : "–");

/** comparison: as of GET /runs/{id}/comparison. */
export function movesView(comparison) {
  const counts = Object.entries(comparison.counts).filter(([, count]) => count > 0);
  const changes = (move) => h("ul", {class: "plain"}, move.changes.map((change) => h("li", {}, h("code", {}, change.path.replace(/^results\./, "")), ": ", fromTo(change.before === null ? "–" : mark(change.before), change.after === null ? "–" : mark(change.after)))));
  const rules = comparison.rules.length === 0 ? h("p", {}, t("moves.no_rules")) : h("details", {open: comparison.rules.length <= 12}, h("summary", {}, t("moves.rules", {count: formatNumber(comparison.rules_total)})),
    dataTable(t("moves.rules_title"), [{title: t("moves.path"), value: (r) => h("code", {}, r.path)}, {title: t("moves.before"), value: (r) => r.before ?? "–"}, {title: t("moves.after"), value: (r) => r.after ?? "–"}], comparison.rules));
  return h("section", {class: "stack moves"},
    h("p", {class: "lead"}, comparison.moves_total === 0 ? t("moves.nobody") : t("moves.sentence", {moved: formatNumber(comparison.moves_total), selected: formatNumber(comparison.counts.newly_selected), lost: formatNumber(comparison.counts.no_longer_selected)})),
    counts.length ? h("div", {class: "counts-row"}, counts.map(([kind, count]) => h("div", {}, h("div", {class: "muted"}, t("moves.kind." + kind)), h("div", {class: "figure"}, formatNumber(count))))) : null,
    rules,
    comparison.moves.length ? dataTable(t("moves.title"), [{title: t("column.roll_number"), value: (m) => m.roll_number}, {title: t("moves.kind"), value: (m) => t("moves.kind." + m.kind)},
      {title: t("column.outcome"), value: (m) => fromTo(outcome(m.before), outcome(m.after))}, {title: t("column.rank"), value: (m) => fromTo(place(m.before), place(m.after))},
      {title: t("column.total"), value: (m) => fromTo(mark(m.before?.total), mark(m.after?.total))}, {title: t("column.agency"), value: (m) => fromTo(m.before?.agency ?? "–", m.after?.agency ?? "–")},
      {title: t("moves.rule"), value: (m) => word("reason.", m.after?.reason ?? m.before.reason)}, {title: t("moves.inputs"), value: changes}], comparison.moves) : null);
}

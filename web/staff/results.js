// results.js: a computed list: what it is in one sentence, every decision with its derivation, the hands that sign it.

import {h, fill, toast} from "/assets/shared/dom.js";
import {t, has, formatMark, formatNumber} from "/assets/shared/i18n.js";
import {field} from "/assets/shared/form.js";
import {pagedTable} from "/assets/shared/table.js";
import {derivationList} from "/assets/shared/derivation.js";
import {page, read, act, stay} from "/assets/staff/app.js";
import {searchField} from "/assets/staff/candidates.js";
import {histogram} from "/assets/staff/quality/plot.js";
import {letterLink} from "/assets/staff/release/letters.js";
import {releaseSteps} from "/assets/staff/release/sign.js";

const OUTCOMES = ["selected", "not_selected", "tied", "not_shortlisted", "failed", "absent", "suspended", "void", "not_held", "withdrawn"];
const REASONS = ["within_quota", "tie_won", "tie_won_manual", "below_last_seat", "tie_lost", "tie_lost_manual", "no_seats", "list_exhausted", "agency_waits", "tied_last_seat", "tied_agency", "gate", "absent", "suspended", "void",
  "seat_kept", "cut", "total_low", "equal_admitted", "field_small", "withdrawn", "placed", "seat_left"];
const word = (prefix, key) => (has(prefix + key) ? t(prefix + key) : key);

/** One tie that no key broke: the head's order is recorded with a reason, then the list is computed again. */
function tieCard(run, tie) {
  const order = h("input", {type: "text", value: tie.roll_numbers.join(", ")}), reason = h("textarea", {rows: "2"});
  return h("form", {class: "banner warn", novalidate: true, onsubmit: async (event) => {
    event.preventDefault();
    const body = {order: order.value.split(/[\s,;]+/).filter(Boolean), reason: reason.value.trim()};
    if (body.reason.length < 10) return toast(t("tie.reason_short"));
    if (await act("POST", `/cycles/${run.cycle.code}/tie-decisions`, body)) toast(t("tie.recorded"));
  }}, h("p", {}, t("tie.text", {post: tie.post, rolls: tie.roll_numbers.join(", ")})), field("order-" + tie.roll_numbers[0], t("tie.order"), order, t("tie.order_hint")), field("why-" + tie.roll_numbers[0], t("reason"), reason), h("button", {type: "submit"}, t("tie.record")));
}

/** A winner on whose own list no place was left: the council's agency is recorded with a reason, then the list is computed again. */
function placementCard(run, one) {
  const agency = h("select", {}, one.agencies.map((code) => h("option", {value: code}, code))), reason = h("textarea", {rows: "2"});
  return h("form", {class: "banner warn", novalidate: true, onsubmit: async (event) => {
    event.preventDefault();
    const body = {roll_number: one.roll_number, agency: agency.value, reason: reason.value.trim()};
    if (body.reason.length < 10) return toast(t("tie.reason_short"));
    if (await act("POST", `/cycles/${run.cycle.code}/placement-decisions`, body)) toast(t("tie.recorded"));
  }}, h("p", {}, t("placement.text", {post: one.post, roll: one.roll_number, total: formatMark(one.total)})),
  one.agencies.length ? [field("agency-" + one.roll_number, t("column.agency"), agency), field("place-why-" + one.roll_number, t("reason"), reason), h("button", {type: "submit"}, t("tie.record"))] : h("p", {}, t("placement.none")));
}

/** How totals are spread over the post that is chosen, or over all, with the lines of the last seats; read anew by `show(post)`. */
function spreadOf(id) {
  const box = h("div", {class: "spread", "aria-live": "polite"});
  let turn = 0;
  async function show(post) {
    const mine = ++turn, data = await act("GET", `/runs/${id}/distribution?post=${encodeURIComponent(post)}`);
    if (!data || mine !== turn) return; // another post was chosen meanwhile
    const {lowest, highest} = data, passed = formatNumber(data.passed), title = post ? t("run.spread_post", {post}) : t("run.spread_all");
    if (data.passed < 2) return void fill(box); // of one person there is no spread
    const seats = !lowest ? [] : lowest.post === highest.post ? [lowest] : [lowest, highest];
    const sentence = seats.length === 0 ? t("run.spread_text_open", {passed}) : seats.length === 1 ? t("run.spread_text", {passed, cut: formatMark(lowest.total)})
      : t("run.spread_text_range", {passed, low: formatMark(lowest.total), low_post: lowest.post, high: formatMark(highest.total), high_post: highest.post});
    fill(box, histogram(title, sentence, data.bins, seats.map((seat) => ({bound: seat.total, text: t("run.spread_cut", {post: seat.post, total: formatMark(seat.total)})}))));
    box.querySelector("details").open = matchMedia("(min-width: 64rem)").matches; // there is room for the figures beside the drawing
  }
  return {box, show};
}

export async function runView(id) {
  const run = await read("/runs/" + id);
  if (!run) return;
  const here = stay();
  const spread = spreadOf(id);
  const post = h("select", {onchange: () => { table.reload(); void spread.show(post.value); }}, h("option", {value: ""}, t("filter.all_posts")), (run.posts ?? []).map((p) => h("option", {value: p.code}, `${p.code} · ${p.title}`)));
  const outcome = h("select", {onchange: () => table.reload()}, h("option", {value: ""}, t("filter.all_outcomes")), OUTCOMES.map((name) => h("option", {value: name}, t("outcome." + name))));
  const reason = h("select", {onchange: () => table.reload()}, h("option", {value: ""}, t("filter.all_reasons")), REASONS.map((name) => h("option", {value: name}, word("reason.", name))));
  const search = searchField("q", t("candidates.search"), null, () => table.reload());
  const detail = h("aside", {class: "card", "aria-live": "polite", tabindex: "0", "aria-label": t("derivation.title")}, h("h2", {}, t("derivation.title")), h("p", {class: "muted"}, t("derivation.choose")));
  const show = (row) => {
    fill(detail, h("h2", {}, `${row.roll_number} · ${row.full_name}`), h("p", {}, h("span", {class: "tag " + (row.outcome === "selected" ? "ok" : row.outcome === "tied" ? "warn" : "plain")}, t("outcome." + row.outcome))), h("p", {}, word("reason.", row.reason)), derivationList(row.derivation), letterLink(run, row));
    if (detail.getBoundingClientRect().top > innerHeight - 100) detail.scrollIntoView({block: "start"}); // on a narrow window it stands below the list
  };
  const mark = (name, sort) => ({title: t("column." + name), number: true, sort, falls: true, value: (r) => formatMark(r[name])});
  const table = pagedTable(t("run.title"), [{title: t("column.roll_number"), sort: "roll", value: (r) => r.roll_number}, {title: t("column.name"), sort: "name", value: (r) => r.full_name}, {title: t("column.post"), value: (r) => h("span", {class: "whole"}, r.post)}, {title: t("column.rank"), number: true, sort: "list", value: (r) => r.rank ?? "–"},
    mark("raw", "raw"), mark("priority"), mark("total", "total"),
    {title: t("column.outcome"), value: (r) => [h("div", {}, t("outcome." + r.outcome)), word("reason.", r.reason) === t("outcome." + r.outcome) ? null : h("div", {class: "small muted"}, word("reason.", r.reason))]}, {title: t("column.agency"), value: (r) => r.agency ?? ""}],
  (sort) => `/runs/${id}/decisions?post=${encodeURIComponent(post.value)}&outcome=${outcome.value}&reason=${reason.value}&sort=${sort}&q=${encodeURIComponent(search.input.value.trim())}`, {open: show, sort: "list", rowClass: (r) => (r.outcome === "selected" ? "selected" : r.outcome === "tied" ? "tied" : null)});
  await Promise.all([table.ready, spread.show("")]); // the signatures stand below: nothing may move under a hand that clicks
  if (!here()) return;
  page(t("run.title"), h("p", {class: "row between"}, h("a", {href: "#/cycles/" + run.cycle.code}, "← " + run.cycle.code), h("span", {class: "row"}, h("a", {class: "button", href: `#/runs/${id}/quality`}, t("quality.title")), h("a", {class: "button", href: `#/runs/${id}/compare`}, t("compare.title")))), h("h1", {}, `${t("run.title")} · ${t("list.version", {version: run.version})}`),
    h("p", {class: "lead"}, t("run.sentence", {quota: formatNumber((run.posts ?? []).reduce((sum, p) => sum + p.quota, 0)), selected: formatNumber(run.selected), candidates: formatNumber(run.candidates), unresolved: formatNumber(run.unresolved)})),
    (run.ties ?? []).map((tie) => tieCard(run, tie)), (run.exhausted ?? []).map((one) => placementCard(run, one)), h("div", {class: "split"}, h("div", {}, h("div", {class: "filters"}, field("post", t("column.post"), post), field("outcome", t("column.outcome"), outcome), field("filter-reason", t("column.reason"), reason), search.box), table), detail), spread.box, h("h2", {}, t("sign.title")), releaseSteps(run, () => runView(id)));
}

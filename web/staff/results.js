// results.js: a computed list: what it is in one sentence, every decision with its derivation, the two hands that sign it.

import {h, fill, ask, toast} from "/assets/shared/dom.js";
import {t, has, formatDateTime, formatMark, formatNumber} from "/assets/shared/i18n.js";
import {field} from "/assets/shared/form.js";
import {pagedTable} from "/assets/shared/table.js";
import {derivationList} from "/assets/shared/derivation.js";
import {page, read, act, may, whoAmI} from "/assets/staff/app.js";
import {searchField} from "/assets/staff/candidates.js";

const OUTCOMES = ["selected", "not_selected", "tied", "not_shortlisted", "failed", "absent", "suspended", "void", "not_held", "withdrawn"];
const word = (prefix, key) => (has(prefix + key) ? t(prefix + key) : key);

function signatures(run, reload) {
  const mine = run.computed_by?.id === whoAmI().id || run.computed_by?.login_name === whoAmI().login_name;
  async function decide(verdict) {
    const reason = h("textarea", {rows: "3", maxlength: "2000"});
    if ((await ask(t("approval." + verdict), h("div", {class: "stack"}, h("p", {}, t("approval.text", {selected: formatNumber(run.selected), candidates: formatNumber(run.candidates)})), h("label", {}, t("reason"), reason)), [{value: "", text: t("cancel")}, {value: "yes", text: t("confirm"), class: "primary"}])) !== "yes") return;
    if (!reason.value.trim()) return toast(t("reason.missing"));
    if (await act("POST", `/runs/${run.id}/approval`, {verdict, reason: reason.value.trim()})) await reload();
  }
  async function publish() {
    if ((await ask(t("publish.title"), h("p", {}, t("publish.text", {selected: formatNumber(run.selected)})), [{value: "", text: t("cancel")}, {value: "yes", text: t("publish.do"), class: "primary"}])) !== "yes") return;
    if (await act("POST", `/runs/${run.id}/release`, {})) await reload();
  }
  const open = !run.approval;
  const second = run.approval ? [h("p", {}, h("span", {class: "tag " + (run.approval.verdict === "approved" ? "ok" : "stop")}, t("run.state." + run.approval.verdict))), h("p", {}, `${run.approval.by?.full_name ?? ""} · ${formatDateTime(run.approval.at)}`), h("p", {}, run.approval.reason)]
    : mine ? [h("p", {}, t("approval.not_yours"))]
      : may("result-approve") ? [h("p", {}, t("approval.waiting")), h("div", {class: "row"}, h("button", {type: "button", class: "primary", disabled: run.unresolved > 0, onclick: () => decide("approved")}, t("approval.approved")), h("button", {type: "button", class: "danger", onclick: () => decide("refused")}, t("approval.refused")))] : [h("p", {}, t("approval.waiting"))];
  const release = run.release ? [h("p", {}, h("span", {class: "tag ok"}, t("run.state.released"))), h("p", {}, `${t("list.version", {version: run.release.version})} · ${formatDateTime(run.release.published_at)}`), h("p", {}, h("a", {href: "/#/" + run.cycle.code}, t("publish.see")))]
    : !open && run.approval.verdict === "approved" && may("result-run") ? [h("p", {}, t("publish.waiting")), h("button", {type: "button", class: "primary", onclick: publish}, t("publish.do"))] : [h("p", {}, t("publish.not_yet"))];
  return h("div", {class: "signatures"}, h("section", {class: "card"}, h("h3", {}, "1. " + t("sign.computed")), h("p", {}, `${run.computed_by?.full_name ?? ""} · ${formatDateTime(run.computed_at)}`), h("p", {}, run.cause)),
    h("section", {class: "card"}, h("h3", {}, "2. " + t("sign.approved")), second), h("section", {class: "card"}, h("h3", {}, "3. " + t("sign.published")), release));
}

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

export async function runView(id) {
  const run = await read("/runs/" + id);
  if (!run) return;
  const post = h("select", {onchange: () => table.reload()}, h("option", {value: ""}, t("filter.all_posts")), (run.posts ?? []).map((p) => h("option", {value: p.code}, `${p.code} · ${p.title}`)));
  const outcome = h("select", {onchange: () => table.reload()}, h("option", {value: ""}, t("filter.all_outcomes")), OUTCOMES.map((name) => h("option", {value: name}, t("outcome." + name))));
  const search = searchField("q", t("candidates.search"), null, () => table.reload());
  const detail = h("aside", {class: "card", "aria-live": "polite", tabindex: "0", "aria-label": t("derivation.title")}, h("h2", {}, t("derivation.title")), h("p", {class: "muted"}, t("derivation.choose")));
  const show = (row) => fill(detail, h("h2", {}, `${row.roll_number} · ${row.full_name}`), h("p", {}, h("span", {class: "tag " + (row.outcome === "selected" ? "ok" : row.outcome === "tied" ? "warn" : "plain")}, t("outcome." + row.outcome))), h("p", {}, word("reason.", row.reason)), derivationList(row.derivation));
  const mark = (name) => ({title: t("column." + name), number: true, value: (r) => formatMark(r[name])});
  const table = pagedTable(t("run.title"), [{title: t("column.roll_number"), value: (r) => r.roll_number}, {title: t("column.name"), value: (r) => r.full_name}, {title: t("column.post"), value: (r) => r.post}, {title: t("column.rank"), number: true, value: (r) => r.rank ?? "–"}, mark("raw"), mark("priority"), mark("total"),
    {title: t("column.outcome"), value: (r) => t("outcome." + r.outcome)}, {title: t("column.agency"), value: (r) => r.agency ?? ""}, {title: t("column.reason"), value: (r) => word("reason.", r.reason)}],
  () => `/runs/${id}/decisions?post=${encodeURIComponent(post.value)}&outcome=${outcome.value}&q=${encodeURIComponent(search.input.value.trim())}`, {open: show, rowClass: (r) => (r.outcome === "selected" ? "selected" : r.outcome === "tied" ? "tied" : null)});
  page(t("run.title"), h("p", {}, h("a", {href: "#/cycles/" + run.cycle.code}, "← " + run.cycle.code)), h("h1", {}, `${t("run.title")} · ${t("list.version", {version: run.version})}`),
    h("p", {class: "lead"}, t("run.sentence", {quota: formatNumber((run.posts ?? []).reduce((sum, p) => sum + p.quota, 0)), selected: formatNumber(run.selected), candidates: formatNumber(run.candidates), unresolved: formatNumber(run.unresolved)})),
    (run.ties ?? []).map((tie) => tieCard(run, tie)), h("div", {class: "split"}, h("div", {}, h("div", {class: "filters"}, field("post", t("column.post"), post), field("outcome", t("column.outcome"), outcome), search.box), table), detail), h("h2", {}, t("sign.title")), signatures(run, () => runView(id)));
}

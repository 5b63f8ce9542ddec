// marking.js: the marking of a cycle in numbers, for the head of the marking board: agreement, severity, drift; and the request to
// mark again, which is all that follows from them.

import {h, ask, toast} from "/assets/shared/dom.js";
import {t, formatDate, formatDateTime, formatNumber, currentLanguage} from "/assets/shared/i18n.js";
import {dataTable} from "/assets/shared/table.js";
import {page, read, act} from "/assets/staff/app.js";
import {figure, percent, range, forest, differences, sums} from "/assets/staff/quality/plot.js";
import {part, origin, computeButton} from "/assets/staff/quality/frame.js";
import {blindCode} from "/assets/staff/blind.js";

const named = (p) => (p.question ? t("quality.question_of", {part: part(p.component), question: p.question}) : part(p.component));

function agreement(p) {
  const a = p.agreement, fact = (name, value) => [h("dt", {}, t("quality.agreement." + name)), h("dd", {}, value)];
  if (!a) return h("p", {class: "muted"}, t("quality.no_pairs"));
  return [h("dl", {class: "facts"}, fact("n", formatNumber(a.n)), fact("exact", percent(a.exact)), fact("near", percent(a.near)), fact("mean_difference", figure(a.mean_difference)), fact("limits", range(a.low, a.high)), fact("dahlberg", figure(a.dahlberg)), fact("pearson", figure(a.pearson)), fact("kappa_linear", figure(a.kappa_linear)), fact("kappa_quadratic", figure(a.kappa_quadratic))),
    dataTable(`${t("quality.icc")} · ${named(p)}`, [{title: t("quality.icc"), value: (i) => t("quality.icc." + i.model)}, {title: t("quality.value"), number: true, value: (i) => figure(i.value, 3)}, {title: t("quality.interval"), number: true, value: (i) => range(i.low, i.high, (v) => figure(v, 3))}], p.icc),
    differences(`${t("quality.difference_plot")} · ${named(p)}`, t("quality.difference_text", {low: figure(a.low), high: figure(a.high)}), p.points, a),
    h("h4", {}, t("quality.pairs")), dataTable(`${t("quality.pairs")} · ${named(p)}`, [{title: t("quality.pair"), value: (r) => `${r.first} – ${r.second}`}, {title: t("quality.n"), number: true, value: (r) => formatNumber(r.n)}, {title: t("quality.agreement.exact"), number: true, value: (r) => percent(r.exact)}, {title: t("quality.agreement.near"), number: true, value: (r) => percent(r.near)},
      {title: t("quality.agreement.mean_difference"), number: true, value: (r) => figure(r.mean_difference)}, {title: t("quality.agreement.kappa_quadratic"), number: true, value: (r) => figure(r.kappa_quadratic)}, {title: t("quality.icc.1"), number: true, value: (r) => figure(r.icc1)}], p.pairs, {empty: t("quality.no_pairs")})];
}

function severity(p) {
  if (p.severity.verdict === "unconnected") return [h("p", {class: "banner warn"}, t("quality.unconnected", {groups: p.severity.groups})), dataTable(`${t("quality.groups")} · ${named(p)}`, [{title: t("quality.marker"), value: (m) => m.full_name}, {title: t("quality.group"), number: true, value: (m) => m.group}], p.markers)];
  if (p.severity.verdict !== "done") return h("p", {class: "muted"}, t("quality.severity_few"));
  return forest(`${t("quality.severity_plot")} · ${named(p)}`, t("quality.severity_text", {sd: figure(p.severity.residual_sd)}), t("quality.effect"), p.markers.map((m) => ({name: m.full_name, value: m.effect, low: m.low, high: m.high, warn: Number(m.low) > 0 || Number(m.high) < 0})));
}

/** The only act on this page: scripts of a marker are to be marked again, for a reason that is kept. */
async function askRemark(cycle, marker, again) {
  const reason = h("textarea", {rows: "3", maxlength: "2000", id: "remark-reason"});
  const boxes = marker.furthest.map((f) => h("label", {class: "row"}, h("input", {type: "checkbox", value: f.blind_id, checked: Math.abs(f.difference) >= 1}), t("quality.remark_script", {code: blindCode(f.blind_id), difference: figure(f.difference)})));
  const body = h("div", {class: "stack"}, h("p", {}, t("quality.remark_text")), h("fieldset", {}, h("legend", {}, t("quality.remark_scripts")), h("div", {class: "choices"}, boxes)), h("div", {}, h("label", {for: "remark-reason"}, t("reason")), reason));
  if ((await ask(t("quality.remark_title", {name: marker.full_name}), body, [{value: "", text: t("cancel")}, {value: "yes", text: t("quality.remark_do"), class: "primary"}])) !== "yes") return;
  const scripts = boxes.map((label) => label.querySelector("input")).filter((input) => input.checked).map((input) => input.value);
  if (scripts.length === 0) return toast(t("quality.remark_none"));
  if (reason.value.trim().length < 10) return toast(t("tie.reason_short"));
  if (await act("POST", `/cycles/${cycle}/remark-requests`, {marker: marker.login_name, scripts, reason: reason.value.trim()})) {
    toast(t("quality.remark_done"));
    await again();
  }
}

function drift(cycle, p, again) {
  const flagged = (m) => m.alarms > 0 || Number(m.low) > 0 || Number(m.high) < 0;
  return [dataTable(`${t("quality.markers")} · ${named(p)}`, [{title: t("quality.marker"), value: (m) => m.full_name}, {title: t("quality.marks"), number: true, value: (m) => formatNumber(m.marks)}, {title: t("quality.raw_mean"), number: true, value: (m) => figure(m.raw_mean)}, {title: t("quality.effect"), number: true, value: (m) => figure(m.effect)},
    {title: t("quality.interval"), number: true, value: (m) => range(m.low, m.high)}, {title: t("quality.mean_difference"), number: true, value: (m) => figure(m.mean_difference)}, {title: t("quality.alarms"), number: true, value: (m) => (m.alarms ? h("span", {class: "tag warn"}, formatNumber(m.alarms)) : "0")},
    {title: t("quality.act"), value: (m) => (m.furthest.length ? h("button", {type: "button", class: flagged(m) ? "" : "quiet", onclick: () => askRemark(cycle, m, again)}, t("quality.remark")) : "")}], p.markers),
  p.markers.map((m) => (m.steps.length === 0 ? null : h("details", {class: "marker"}, h("summary", {}, `${m.full_name}: ${t("quality.drift_of")}`), h("div", {class: "plots"}, sums(`${m.full_name} · ${named(p)} · ${t("quality.drift_plot")}`, t("quality.drift_text", {alarms: formatNumber(m.alarms)}), m.steps),
    dataTable(`${t("quality.days")} · ${m.full_name} · ${named(p)}`, [{title: t("quality.day"), value: (d) => formatDate(d.day)}, {title: t("quality.marks"), number: true, value: (d) => formatNumber(d.n)}, {title: t("quality.mean_difference"), number: true, value: (d) => figure(d.mean)}], m.days)))))];
}

function remarks(list) {
  if (list.length === 0) return h("p", {class: "muted"}, t("quality.remarks_none"));
  return dataTable(t("quality.remarks"), [{title: t("quality.marker"), value: (r) => r.marker_name}, {title: t("quality.remark_count"), number: true, value: (r) => t("quality.marked_of", {marked: r.marked, scripts: r.scripts})}, {title: t("reason"), value: (r) => r.reason}, {title: t("quality.asked"), value: (r) => `${r.requested_by} · ${formatDateTime(r.requested_at)}`}], list);
}

export async function markingQualityView(cycle) {
  const answer = await read(`/cycles/${cycle}/marking-quality`);
  if (!answer) return;
  const report = answer.report, again = () => markingQualityView(cycle);
  page(t("quality.marking_title"), h("p", {}, h("a", {href: "#/marking-quality"}, "← " + t("menu.marking-quality"))), h("h1", {}, `${t("quality.marking_title")} · ${cycle}`), h("p", {class: "lead"}, t("quality.marking_lead")),
    report ? origin(report) : h("p", {class: "banner warn"}, t("quality.none_yet")), computeButton(`/cycles/${cycle}/marking-quality`, () => ({}), again, t(report ? "quality.again" : "quality.compute")),
    h("h2", {}, t("quality.remarks")), remarks(answer.remark_requests),
    report && report.body.parts.length === 0 ? h("p", {class: "muted"}, t("quality.no_marks")) : null,
    (report?.body.parts ?? []).map((p) => h("section", {}, h("h2", {}, named(p)), h("p", {}, t("quality.marks_sentence", {marks: formatNumber(p.marks), markers: formatNumber(p.markers.length)})),
      h("h3", {}, t("quality.severity")), severity(p), h("h3", {}, t("quality.drift")), drift(cycle, p, again), h("h3", {}, t("quality.agreement")), agreement(p))));
}

export async function markingQualityListView() {
  const answer = await read("/marking-quality");
  if (!answer) return;
  page(t("menu.marking-quality"), h("h1", {}, t("menu.marking-quality")), h("p", {class: "lead"}, t("quality.marking_lead")),
    dataTable(t("menu.marking-quality"), [{title: t("quality.cycle"), value: (c) => h("a", {href: "#/marking-quality/" + c.code}, c.code)}, {title: t("quality.cycle_title"), value: (c) => (currentLanguage() === "vi" ? c.title_vi : c.title_en)}, {title: t("quality.scripts"), number: true, value: (c) => formatNumber(c.scripts)}, {title: t("quality.computed"), value: (c) => (c.version ? formatDateTime(c.computed_at) : t("quality.never"))}], answer.items, {empty: t("quality.no_cycles")}));
}

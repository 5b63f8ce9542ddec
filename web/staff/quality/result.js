// result.js: what is to be looked at before a list is signed: what is open, ties, items, reliability, distributions, halls.

import {h} from "/assets/shared/dom.js";
import {t, formatNumber} from "/assets/shared/i18n.js";
import {dataTable} from "/assets/shared/table.js";
import {field} from "/assets/shared/form.js";
import {page, read, may} from "/assets/staff/app.js";
import {figure, percent, range, histogram, forest} from "/assets/staff/quality/plot.js";
import {word, part, origin, computeButton} from "/assets/staff/quality/frame.js";

const THRESHOLDS = ["facility_low", "facility_high", "rest_weak", "option_rest", "option_idle", "omit_share", "not_reached_share", "alpha_rise", "persons_min"];

/** Where an open matter is settled. */
function place(cycle, entry) {
  if (entry.shift_id) return may("hall") ? [h("a", {href: `#/cycles/${cycle}/shifts/${entry.shift_id}`}, entry.shift)] : [entry.shift];
  return [h("a", {href: "#/cycles/" + cycle}, cycle)];
}

function openMatters(run, body) {
  if (body.open.length === 0) return h("p", {class: "banner ok"}, t("quality.open_none"));
  return dataTable(t("quality.open"), [{title: t("quality.what"), value: (e) => word("quality.open.", e.kind)}, {title: t("quality.count"), number: true, value: (e) => formatNumber(e.count)},
    {title: t("quality.where"), value: (e) => place(run.cycle.code, e)}, {title: t("quality.next"), value: (e) => word("quality.next.", e.kind)}], body.open);
}

function ties(run, body) {
  if (body.ties.length === 0) return h("p", {class: "banner ok"}, t("quality.ties_none"));
  return [dataTable(t("quality.ties"), [{title: t("column.post"), value: (e) => e.post}, {title: t("column.total"), number: true, value: (e) => figure(e.total)}, {title: t("quality.who"), value: (e) => e.roll_numbers.join(", ")}], body.ties),
    h("p", {}, t("quality.ties_next") + " ", h("a", {href: "#/runs/" + run.id}, t("quality.to_run")))];
}

const flags = (item) => (item.flags.length === 0 ? h("span", {class: "muted"}, t("quality.no_flag")) : h("ul", {class: "flags"}, item.flags.map((flag) => h("li", {}, h("span", {class: "tag " + (["negative", "option-rises", "option-upper"].includes(flag) ? "stop" : "warn")}, word("quality.flag.", flag))))));
const letter = (option) => String.fromCharCode(64 + option.option);
/** Wrong options that draw the stronger, one a line; those that hardly anybody took, in one. */
function suspects(item, idle) {
  const [rare, drawing] = [item.suspects.filter((o) => Number(o.share) < idle), item.suspects.filter((o) => Number(o.share) >= idle)];
  return [drawing.map((o) => h("span", {class: "suspect"}, t("quality.suspect", {option: letter(o), share: percent(o.share), r: figure(o.r_rest), upper: percent(o.upper)}))),
    rare.length ? h("span", {class: "suspect"}, t("quality.rare", {options: rare.map((o) => `${letter(o)} (${percent(o.share)})`).join(", ")})) : null];
}

function itemTable(form, idle) {
  const only = h("input", {type: "checkbox", id: "flagged-" + form.code}), shown = h("div", {}), flagged = form.items.filter((i) => i.flags.length > 0);
  only.checked = flagged.length > 0;
  const draw = () => shown.replaceChildren(dataTable(t("quality.items_of", {form: form.code}), [{title: t("quality.item"), value: (i) => h("span", {class: "nowrap"}, `${i.position}. ${i.code}`)}, {title: t("quality.flags"), value: (i) => [flags(i), suspects(i, idle)]}, {title: t("quality.facility"), number: true, value: (i) => percent(i.facility)},
    {title: t("quality.r_rest"), number: true, value: (i) => figure(i.r_rest)}, {title: t("quality.interval"), number: true, value: (i) => range(i.r_low, i.r_high)}, {title: t("quality.discrimination"), number: true, value: (i) => figure(i.discrimination)},
    {title: t("quality.alpha_deleted"), number: true, value: (i) => figure(i.alpha_deleted, 3)}, {title: t("quality.omitted"), number: true, value: (i) => percent(i.omitted)}, {title: t("quality.not_reached"), number: true, value: (i) => percent(i.not_reached)},
    {title: t("quality.seconds"), number: true, value: (i) => figure(i.seconds, 0)}], only.checked ? flagged : form.items, {empty: t("quality.items_none")}));
  only.addEventListener("change", draw);
  draw();
  return [h("p", {}, t("quality.items_sentence", {flagged: formatNumber(flagged.length), items: formatNumber(form.items.length)})), flagged.length ? h("p", {class: "hint"}, t("quality.items_next")) : null,
    h("div", {class: "check"}, h("label", {class: "row"}, only, t("quality.only_flagged"))), shown];
}

function reliability(form) {
  const test = form.test, fact = (name, value) => [h("dt", {}, t("quality.fact." + name)), h("dd", {}, value)];
  if (!test) return h("p", {class: "banner warn"}, t("quality.too_few"));
  return [h("dl", {class: "facts"}, fact("persons", formatNumber(form.persons)), fact("items", formatNumber(test.items)), fact("mean", `${figure(test.mean)} ± ${figure(test.sd)}`), fact("alpha", figure(test.alpha, 3)), fact("lambda6", figure(test.lambda6, 3)), fact("split_half", figure(test.split_half, 3)), fact("sem", figure(test.sem)),
    test.cut === undefined ? null : [fact("cut", figure(test.cut)), fact("sem_at_cut", figure(test.sem_at_cut)), fact("within_sem", t("quality.within", {count: formatNumber(test.within_sem), persons: formatNumber(form.persons)}))],
    form.left_out.length ? fact("left_out", form.left_out.join(", ")) : null, form.unscored ? fact("unscored", formatNumber(form.unscored)) : null),
  h("p", {class: "hint"}, t(Number(test.alpha) >= 0.8 ? "quality.alpha_good" : "quality.alpha_low"))];
}

function sites(form) {
  const rows = form.sites.flatMap((site) => site.measures.map((m) => ({...m, name: `${site.shift} · ${site.room}`}))), odd = rows.filter((r) => r.odd);
  const write = (r) => (r.measure === "minutes" ? (v) => figure(v, 1) : percent);
  const gap = (measure) => forest(`${t("quality.site_plot." + measure)} · ${form.code}`, t("quality.site_sentence"), t("quality.site_axis." + measure), rows.filter((r) => r.measure === measure && r.low !== null).map((r) => ({name: r.name, value: (measure === "minutes" ? 1 : 100) * (r.own - r.rest), low: (measure === "minutes" ? 1 : 100) * r.low, high: (measure === "minutes" ? 1 : 100) * r.high, warn: r.odd})));
  return [h("p", {class: odd.length ? "banner warn" : "banner ok"}, odd.length ? t("quality.sites_odd", {count: formatNumber(odd.length)}) : t("quality.sites_none")), odd.length ? h("p", {}, t("quality.sites_next")) : null,
    form.sites.length > 1 ? h("div", {class: "plots"}, ["score", "passed", "minutes"].map(gap)) : h("p", {class: "muted"}, t("quality.sites_one")),
    h("details", {class: "figures"}, h("summary", {}, t("quality.all_sites")), dataTable(`${t("quality.all_sites")} · ${form.code}`, [{title: t("quality.site"), value: (r) => r.name}, {title: t("quality.measure"), value: (r) => t("quality.measure." + r.measure)}, {title: t("quality.n"), number: true, value: (r) => formatNumber(r.n)},
      {title: t("quality.here"), number: true, value: (r) => write(r)(r.own)}, {title: t("quality.elsewhere"), number: true, value: (r) => write(r)(r.rest)}, {title: t("quality.interval_difference"), number: true, value: (r) => range(r.low, r.high, write(r))}, {title: t("quality.stands_out"), value: (r) => (r.odd ? h("span", {class: "tag warn"}, t("quality.odd")) : "")}], rows))];
}

function thresholdForm(id, body, again) {
  const inputs = Object.fromEntries(THRESHOLDS.map((name) => [name, h("input", {type: "text", inputmode: "decimal", value: String(Number(body?.thresholds[name] ?? DEFAULTS[name]))})]));
  const values = () => ({thresholds: Object.fromEntries(THRESHOLDS.map((name) => [name, inputs[name].value.trim().replace(",", ".")]))});
  return [h("details", {class: "card"}, h("summary", {}, t("quality.thresholds")), h("p", {class: "hint"}, t("quality.thresholds_hint")), h("div", {class: "filters"}, THRESHOLDS.map((name) => field("threshold-" + name, t("quality.threshold." + name), inputs[name])))),
    computeButton(`/runs/${id}/quality`, values, again, t(body ? "quality.again" : "quality.compute"))];
}
const DEFAULTS = {facility_low: 0.1, facility_high: 0.95, rest_weak: 0.1, option_rest: 0.05, option_idle: 0.02, omit_share: 0.15, not_reached_share: 0.1, alpha_rise: 0.005, persons_min: 100};

const distribution = (p) => histogram(t("quality.distribution", {part: part(p.component)}), t("quality.distribution_text", {n: formatNumber(p.n), mean: figure(p.mean), sd: figure(p.sd)}), p.bins, p.cuts);

export async function resultQualityView(id) {
  const run = await read("/runs/" + id), answer = run && await read(`/runs/${id}/quality`);
  if (!answer) return;
  const report = answer.report, body = report?.body;
  page(t("quality.title"), h("p", {}, h("a", {href: "#/runs/" + id}, "← " + t("list.version", {version: run.version}))), h("h1", {}, t("quality.title")), h("p", {class: "lead"}, t("quality.lead")),
    report ? origin(report) : h("p", {class: "banner warn"}, t("quality.none_yet")), may("result-run") ? thresholdForm(id, body, () => resultQualityView(id)) : null,
    body ? [h("h2", {}, t("quality.open")), openMatters(run, body), h("h2", {}, t("quality.ties")), ties(run, body), h("h2", {}, t("quality.distributions")), h("div", {class: "plots"}, body.parts.map(distribution)),
      body.forms.length === 0 ? h("p", {class: "muted"}, t("quality.no_forms")) : null,
      body.forms.map((form) => h("section", {}, h("h2", {}, t("quality.form", {form: form.code, shifts: form.shifts})), h("h3", {}, t("quality.reliability")), reliability(form), form.test ? [h("h3", {}, t("quality.items")), itemTable(form, Number(body.thresholds.option_idle))] : null, h("h3", {}, t("quality.sites")), sites(form)))] : null);
}

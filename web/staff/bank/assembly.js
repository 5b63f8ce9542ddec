// assembly.js: what came of a blueprint: the forms, every constraint with what is left of it, curves, differences; or the
// smallest set of demands that clash, in words.

import {h, fill, toast} from "/assets/shared/dom.js";
import {t, currentLanguage, formatNumber} from "/assets/shared/i18n.js";
import {field, showErrors} from "/assets/shared/form.js";
import {dataTable} from "/assets/shared/table.js";
import {read, act, may} from "/assets/staff/app.js";
import {inLanguage, decimalText, topicName, levelName, kindName} from "/assets/staff/bank/words.js";
import {bankPage, send} from "/assets/staff/bank/frame.js";
import {curvePlot} from "/assets/staff/bank/plot.js";

/** Four places tell forms apart; what is smaller still is shown whole, so that it does not look like nothing. */
const rounded = (value) => (/\.\d{5,}$/.test(value) && Math.abs(Number(value)) >= 0.00005 ? String(Math.round(Number(value) * 1e4) / 1e4) : value);
const quantity = (value) => (value === null || value === undefined ? "" : decimalText(typeof value === "string" ? rounded(value) : value));
const bounds = (c) => (c.min === c.max && c.min !== null && c.min !== undefined ? quantity(c.min) : c.min === null || c.min === undefined ? t("assembly.at_most", {max: quantity(c.max)}) : c.max === null || c.max === undefined ? t("assembly.at_least", {min: quantity(c.min)}) : `${quantity(c.min)} … ${quantity(c.max)}`);

/** The sentence of a constraint with topics by their names, as everywhere else. */
const sentence = (c) => inLanguage(c, "text").replace(/(chủ đề|topic) ([a-z0-9-]+(?:\/[a-z0-9-]+)*)/g, (_, word, topic) => `${word} «${topicName(topic)}»`);
const begun = (text) => text.charAt(0).toUpperCase() + text.slice(1);

function slackCell(c) {
  if (c.slack === null || c.slack === undefined) return "–";
  const value = Number(c.slack), look = value < 0 ? "stop" : value === 0 ? "plain" : "ok";
  return h("span", {class: "tag " + look}, value < 0 ? "✕ " : value === 0 ? "= " : "✓ ", value === 0 ? t("assembly.tight") : quantity(c.slack));
}
function valuesCell(c) {
  const lines = c.lines ?? [];
  if (lines.length === 0) return "–";
  const values = lines.map((l) => Number(l.value)), few = lines.length <= 4;
  if (few) return lines.map((l) => (l.form ? `${l.other_form ? `${l.form}–${l.other_form}` : l.form}: ` : "") + quantity(l.value)).join("; ");
  const low = lines[values.indexOf(Math.min(...values))].value, high = lines[values.indexOf(Math.max(...values))].value;
  return low === high ? t("assembly.all_same", {value: quantity(low)}) : `${quantity(low)} … ${quantity(high)}`;
}

function constraintTable(result) {
  const tight = h("input", {type: "checkbox"}), box = h("div", {});
  const draw = () => fill(box, dataTable(t("assembly.constraints"), [{title: t("assembly.constraint"), value: sentence}, {title: t("assembly.bounds"), value: bounds}, {title: t("assembly.value"), value: valuesCell}, {title: t("assembly.slack"), value: slackCell}, {title: t("assembly.supply"), number: true, value: (c) => (c.supply === undefined ? "" : formatNumber(c.supply))}],
    result.constraints.filter((c) => !tight.checked || Number(c.slack) <= 0), {rowClass: (c) => (Number(c.slack) < 0 ? "broken" : null), empty: t("assembly.none_tight")}));
  tight.addEventListener("change", draw);
  draw();
  return h("section", {class: "stack"}, h("h2", {}, t("assembly.constraints")), h("p", {class: "muted"}, t("assembly.constraints_text")), h("label", {class: "check no-print"}, tight, t("assembly.only_tight")), box);
}

function differences(result) {
  const rows = Object.entries(result.differences ?? {}).filter(([, d]) => d);
  return rows.length ? h("section", {class: "card"}, h("h2", {}, t("assembly.differences")), h("dl", {class: "facts"}, rows.map(([name, d]) => [h("dt", {}, t("assembly.difference." + name)), h("dd", {}, `${quantity(d.value)} · ${t("assembly.between", {a: d.forms[0], b: d.forms[1]})}${d.theta !== undefined ? " · θ " + quantity(d.theta) : ""}`)]))) : null;
}

const formName = (n) => t("assembly.form", {n});
function plots(result) {
  const curves = result.curves;
  if (!curves) return differences(result);
  const series = (values) => values.map((one, i) => ({name: formName(i + 1), values: one}));
  return h("div", {class: "pair"}, curves.facility ? curvePlot({title: t("plot.facility"), axis: t("plot.expected"), theta: curves.theta, series: series(curves.facility), targets: curves.facility_targets ?? [], low: 0, high: 1}) : h("section", {class: "card"}, h("h3", {}, t("plot.facility")), h("p", {class: "muted"}, t("plot.no_facility"))),
    curves.information ? curvePlot({title: t("plot.information"), axis: t("plot.fisher"), theta: curves.theta, series: series(curves.information), targets: curves.information_targets ?? []}) : null, differences(result));
}

function formsPart(result) {
  return h("section", {class: "stack"}, h("h2", {}, t("assembly.forms", {n: formatNumber(result.forms.length)})), result.forms.map((form, i) => h("details", {class: "card", open: result.forms.length === 1}, h("summary", {}, h("strong", {}, formName(form.number ?? i + 1)), " · ", t("assembly.form_facts", {items: formatNumber(form.items.length), facility: quantity(form.facility_mean) || "–", minutes: formatNumber(Math.round(form.seconds / 60)), words: formatNumber(form.words)})),
    dataTable(formName(form.number ?? i + 1), [{title: t("assembly.position"), value: (p) => String(p.position)}, {title: t("items.code"), value: (p) => (p.item_id ? h("a", {href: "#/items/" + p.item_id}, p.code) : p.code)}, {title: t("blueprint.section"), value: (p) => p.section}, {title: t("meta.topic"), value: (p) => topicName(p.topic)}, {title: t("meta.level"), value: (p) => levelName(p.level)}, {title: t("meta.kind"), value: (p) => kindName(p.kind)}, {title: t("meta.facility"), number: true, value: (p) => quantity(p.facility) || "–"}], form.items))));
}

/** The sections of one form, as the blueprint divides it: how many items came into each. */
function sectionsOf(result, one) {
  return (result.sections ?? []).map(({code, title_vi, title_en}) => ({code, title_vi: title_vi || title_en || code, title_en, items: one.items.filter((item) => item.section === code).length})).filter((section) => section.items > 0);
}

/** A cycle past round 1 gets no more forms. */
const BEFORE_MARKING = ["preparing", "round1"];
/** Makes a draft of a cycle from each form; those that were made stay when a later one is refused. */
async function draftForm(assembly, result) {
  const cycles = may("cycle-read") ? ((await act("GET", "/cycles"))?.items ?? []).filter((c) => BEFORE_MARKING.includes(c.state)) : null;
  const cycle = cycles ? h("select", {}, cycles.map((c) => h("option", {value: c.code}, `${c.code} · ${c["title_" + currentLanguage()] ?? ""}`))) : h("input", {type: "text", spellcheck: "false", class: "code"});
  const prefix = h("input", {type: "text", value: "DE-", maxlength: "20", spellcheck: "false", class: "code"});
  const drafted = new Map(); // what was made here, by cycle and prefix
  const form = h("form", {class: "card no-print", novalidate: true, onsubmit: async (event) => {
    event.preventDefault();
    if (!cycle.value.trim()) return showErrors(form, {cycle: t("rule.required", {field: t("forms.cycle")})});
    button.disabled = true;
    const target = cycle.value.trim().toUpperCase() + "/" + prefix.value.trim().toUpperCase(), before = drafted.get(target) ?? new Set();
    drafted.set(target, before);
    let made = 0, unknown = false;
    const refused = (problem) => (unknown = problem.code === "not-found");
    for (const [i, one] of result.forms.entries()) {
      const code = prefix.value.trim().toUpperCase() + String(one.number ?? i + 1).padStart(2, "0");
      if (before.has(code)) continue; // made before a later one was refused
      const items = one.items.map(({item_id, version}) => ({id: item_id, version})), sections = sectionsOf(result, one);
      if (!(await send("POST", `/cycles/${encodeURIComponent(cycle.value.trim().toUpperCase())}/forms`, {code, bank: assembly.bank, items, ...(sections.length ? {sections} : {})}, form, (path) => (path === "code" ? "code" : "cycle"), {refused}))) break;
      before.add(code);
      made++;
    }
    button.disabled = false;
    if (unknown) showErrors(form, {cycle: t("forms.cycle_unknown", {code: cycle.value.trim().toUpperCase()})});
    if (made) toast(t("forms.drafted", {n: formatNumber(made)}));
    if (before.size === result.forms.length) location.hash = "#/forms?cycle=" + cycle.value.trim().toUpperCase();
  }}, h("h2", {}, t("forms.draft")), h("p", {}, t("forms.draft_text")), h("div", {class: "grid"}, field("cycle", t("forms.cycle"), cycle, t("forms.cycle_hint")), field("code", t("forms.prefix"), prefix, t("forms.prefix_hint"))));
  const button = h("button", {type: "submit", class: "primary"}, t("forms.draft_do"));
  form.append(button);
  return form;
}

function clashPart(assembly, result) {
  const {clash} = result;
  return h("section", {class: "card stop-card"}, h("h2", {}, t("assembly.clash")), h("p", {}, clash?.smallest ? t("assembly.clash_smallest") : clash?.irreducible ? t("assembly.clash_irreducible") : t("assembly.clash_some")),
    h("p", {class: "clash-words"}, begun(sentence(clash ?? {}))), clash?.constraints?.length ? h("ul", {}, clash.constraints.map((i) => h("li", {}, sentence(result.constraints[i]), result.constraints[i].supply !== undefined ? " · " + t("assembly.bank_has", {n: formatNumber(result.constraints[i].supply)}) : ""))) : null,
    assembly.blueprint_id ? h("p", {class: "no-print"}, h("a", {class: "button", href: "#/blueprints/" + assembly.blueprint_id}, t("assembly.change_blueprint"))) : null);
}

const running = (assembly) => ["waiting", "running"].includes(assembly.state);
/** Shows the work as it goes on; gives the finished assembly, or null when the page was left. */
async function follow(assembly, title) {
  const bar = h("progress", {max: "100", "aria-label": t("assembly.running")}), say = h("p", {role: "status"}, t("assembly.running"));
  const stop = h("button", {type: "button", onclick: async () => {
    stop.disabled = true;
    stop.textContent = t("assembly.stopping");
    await act("POST", `/assemblies/${assembly.id}/stop`, {});
  }}, t("assembly.stop"));
  bankPage("blueprints", title, h("h1", {}, title), h("section", {class: "card"}, say, bar, h("p", {class: "muted"}, t("assembly.may_leave")), stop));
  const here = location.hash;
  let now = assembly;
  while (running(now)) {
    await new Promise((resolve) => setTimeout(resolve, 700));
    if (location.hash !== here) return null;
    now = await act("GET", "/assemblies/" + assembly.id);
    if (!now) return null;
    if (now.total_count) bar.value = (100 * now.done_count) / now.total_count, say.textContent = t("assembly.progress", {done: formatNumber(now.done_count), total: formatNumber(now.total_count)});
  }
  return now;
}

export async function assemblyView(id) {
  let assembly = await read("/assemblies/" + id);
  if (!assembly) return;
  const title = `${t("assembly.title")} · ${assembly.blueprint}`;
  if (running(assembly)) assembly = await follow(assembly, title);
  if (!assembly) return;
  const result = assembly.result ?? {}, verdict = result.verdict ?? assembly.verdict ?? "failed", good = verdict === "assembled";
  const pool = result.pool ?? {}, left = ["left_out", "exposed", "no_facility", "no_information", "no_section"].filter((name) => pool[name]);
  bankPage("blueprints", title, h("p", {class: "no-print"}, h("a", {href: "#/blueprints/" + assembly.blueprint_id}, "← " + t("blueprint.title"))), h("h1", {}, title),
    h("div", {class: "banner " + (good ? "ok" : "stop"), role: "status"}, h("p", {}, t("assembly.verdict." + verdict, {n: formatNumber(result.forms?.length ?? 0), item: result.unknown_item || assembly.message || ""}))),
    result.pool ? h("p", {class: "muted"}, t("assembly.how", {drawable: formatNumber(pool.drawable ?? 0), items: formatNumber(pool.items ?? 0), solver: result.solver ?? "–", seconds: formatNumber(Math.round((result.took_ms ?? 0) / 100) / 10)}), left.length ? " " + left.map((name) => t("assembly.refused." + name, {n: formatNumber(pool[name])})).join("; ") + "." : "") : null,
    verdict === "infeasible" ? clashPart(assembly, result) : null, good ? [plots(result), formsPart(result), constraintTable(result)] : null,
    good ? await draftForm(assembly, result) : null, h("button", {type: "button", class: "no-print", onclick: () => print()}, t("print")));
}

// alike.js: the chief marker's page of a cycle: guides, what is asked of examiners, samples, drift and stops, reports.

import {h, fill, ask, toast} from "/assets/shared/dom.js";
import {t, currentLanguage, formatMark, formatNumber, formatDateTime} from "/assets/shared/i18n.js";
import {field, showErrors, errorsOf} from "/assets/shared/form.js";
import {dataTable} from "/assets/shared/table.js";
import {page, read, act} from "/assets/staff/app.js";
import {api, problemText} from "/assets/shared/api.js";
import {askText} from "/assets/staff/bank/frame.js";
import {Paper} from "/assets/staff/marking/paper.js";
import {hundredths, markText} from "/assets/staff/marking/guide.js";

const NUMBERS = ["qualify_scripts", "qualify_passes", "chances", "seed_every", "seed_misses", "quick_seconds"], PURPOSES = ["practice", "qualification", "seed"];
const START = {qualify_scripts: 0, qualify_passes: 0, chances: 2, seed_every: 0, seed_misses: 2, quick_seconds: 30, tolerance: "1.00", criterion_tolerance: null};
const partName = (p) => t("component." + p.component) + (p.question ? " · " + t("desk.question", {question: p.question}) : "");
const same = (a, b) => a.component === b.component && a.question === b.question;
const signed = (value) => (value < 0 ? "−" : value > 0 ? "+" : "") + formatMark(markText(Math.abs(value)));

/** Sends what a form says; refusals stand at its fields. True: done. */
async function send(form, method, path, body) {
  const answer = await api(method, path, body).catch(() => null);
  if (answer?.ok) return true;
  showErrors(form, answer?.problem?.errors ? errorsOf(answer.problem) : {}, answer ? problemText(answer) : t("problem.network"));
  if (!answer?.problem?.errors) toast(answer ? problemText(answer) : t("problem.network"));
  return false;
}

class Alike {
  constructor(code) {
    this.code = code;
    this.base = "/cycles/" + code;
    this.box = h("div", {});
  }
  async load() {
    const [guides, facts, reports] = [await read(this.base + "/rubrics"), await read(this.base + "/marking-standards"), await read(this.base + "/script-reports")];
    if (!guides || !facts || !reports) return false;
    Object.assign(this, {guides: guides.rubrics, ...facts, reports: reports.reports});
    this.parts = [];
    for (const one of [...facts.markers, ...facts.standards, ...guides.rubrics, {component: "written", question: 0}]) if (!this.parts.some((p) => same(p, one))) this.parts.push({component: one.component, question: one.question});
    return true;
  }
  async again(words) {
    toast(words);
    if (await this.load()) this.draw();
  }
  draw() {
    fill(this.box, this.reportsTable(), this.parts.map((part) => h("section", {class: "card"}, h("h2", {}, partName(part)), this.markersTable(part), h("details", {}, h("summary", {}, t("alike.guide")), this.guideForm(part)), h("details", {}, h("summary", {}, t("alike.standard")), this.standardForm(part)),
      h("details", {ontoggle: (event) => { if (event.target.open) void this.pool(part, event.target); }}, h("summary", {}, t("alike.samples", {count: formatNumber(this.samples.filter((s) => same(s, part)).length)})), this.samplesTable(part), h("div", {class: "sample-pool"})))));
  }

  markersTable(part) {
    const rows = this.markers.filter((m) => same(m, part));
    if (rows.length === 0) return h("p", {class: "muted"}, t("alike.no_markers"));
    const mean = (m) => (m.trials.length ? signed(Math.round(m.trials.reduce((sum, x) => sum + x.difference_hundredths, 0) / m.trials.length)) : "–");
    return dataTable(t("alike.markers"), [{title: t("alike.marker"), value: (m) => m.full_name}, {title: t("alike.state"), value: (m) => h("span", {class: "tag " + {open: "ok", qualify: "warn", stopped: "stop"}[m.state]}, t("alike.state." + m.state))},
      {title: t("alike.within"), number: true, value: (m) => `${formatNumber(m.trials.filter((x) => x.within).length)} / ${formatNumber(m.trials.length)}`}, {title: t("alike.mean"), number: true, value: mean},
      {title: t("alike.drift"), value: (m) => m.trials.slice(-6).map((x) => signed(x.difference_hundredths)).join("  ") || "–"},
      {title: "", value: (m) => (m.state === "stopped" ? h("button", {type: "button", onclick: () => void this.release(m)}, t("alike.release")) : "")}], rows);
  }
  async release(marker) {
    const reason = await askText(t("alike.release"), h("p", {}, marker.full_name), t("reason"));
    if (reason && await act("POST", this.base + "/marker-releases", {component: marker.component, question: marker.question, marker_id: marker.marker_id, reason})) await this.again(t("alike.released"));
  }

  guideForm(part) {
    const guide = this.guides.find((g) => same(g, part)), rows = h("div", {class: "stack"}), reason = h("input", {type: "text", maxlength: "2000"}), id = `${part.component}-${part.question}`;
    const criteria = (guide?.criteria ?? [{title_vi: "", title_en: "", mark_max: "", mark_step: "0.25", levels: []}]).map((c) => ({...c}));
    const input = (c, name, label, size) => h("label", {class: "inline"}, h("span", {}, label), h("input", {type: "text", value: name === "levels" ? c.levels.map((l) => `${l.value}=${l.vi}`).join("; ") : c[name], size, oninput: (event) => { c["typed_" + name] = event.target.value; }}));
    const draw = () => fill(rows, criteria.map((c, i) => h("div", {class: "row"}, h("strong", {}, `${i + 1}.`), input(c, "title_vi", t("alike.title_vi"), 28), input(c, "title_en", t("alike.title_en"), 20), input(c, "mark_max", t("alike.max"), 6), input(c, "mark_step", t("alike.step"), 6), input(c, "levels", t("alike.levels"), 36))));
    draw();
    const text = (c, name) => (c["typed_" + name] ?? c[name] ?? "").trim();
    const form = h("form", {novalidate: true, class: "stack", onsubmit: async (event) => {
      event.preventDefault();
      const body = {component: part.component, question: part.question, version: guide?.version ?? 0, task_vi: guide?.task_vi ?? "", task_en: guide?.task_en ?? "", reason: reason.value.trim(), criteria: criteria.filter((c) => text(c, "title_vi")).map((c) => ({title_vi: text(c, "title_vi"), title_en: text(c, "title_en"), mark_max: text(c, "mark_max"), mark_step: text(c, "mark_step"),
        levels: c.typed_levels === undefined ? c.levels.map((l) => ({value: l.value, vi: l.vi, en: l.en})) : c.typed_levels.split(";").map((x) => x.split("=")).filter((x) => x.length === 2 && x[0].trim()).map(([value, vi]) => ({value: value.trim(), vi: vi.trim()}))}))};
      if (!body.reason) return showErrors(form, {["reason-" + id]: t("rule.required", {field: t("reason")})});
      if (await send(form, "PUT", this.base + "/rubrics", body)) await this.again(t("alike.saved"));
    }}, h("p", {class: "hint"}, t("alike.guide.hint")), rows, h("div", {class: "row"}, h("button", {type: "button", onclick: () => { criteria.push({title_vi: "", title_en: "", mark_max: "", mark_step: "0.25", levels: []}); for (const c of criteria) for (const name of ["title_vi", "title_en", "mark_max", "mark_step"]) c[name] = text(c, name); draw(); }}, t("alike.add_criterion"))), field("reason-" + id, t("reason"), reason), h("div", {class: "row"}, h("button", {type: "submit", class: "primary"}, t("alike.save_guide"))));
    return form;
  }

  standardForm(part) {
    const now = this.standards.find((s) => same(s, part)), values = now ?? START, id = `${part.component}-${part.question}-`;
    const inputs = Object.fromEntries([...NUMBERS, "tolerance", "criterion_tolerance"].map((name) => [name, h("input", {type: "text", inputmode: "decimal", value: values[name] === null ? "" : String(values[name])})])), reason = h("input", {type: "text", maxlength: "2000"});
    const form = h("form", {novalidate: true, onsubmit: async (event) => {
      event.preventDefault();
      const body = {...part, version: now?.version ?? 0, reason: reason.value.trim(), tolerance: inputs.tolerance.value.trim()}, wrong = {};
      for (const name of NUMBERS) if (/^\d{1,4}$/.test(inputs[name].value.trim())) body[name] = Number(inputs[name].value); else wrong[id + name] = t("alike.whole_number");
      if (hundredths(body.tolerance) === null) wrong[id + "tolerance"] = t("alike.decimal");
      if (inputs.criterion_tolerance.value.trim()) body.criterion_tolerance = inputs.criterion_tolerance.value.trim();
      if (!body.reason) wrong[id + "reason"] = t("rule.required", {field: t("reason")});
      showErrors(form, wrong);
      if (Object.keys(wrong).length === 0 && await send(form, "PUT", this.base + "/marking-standards", body)) await this.again(t("alike.saved"));
    }}, h("div", {class: "grid"}, Object.entries(inputs).map(([name, input]) => field(id + name, t("alike.standard." + name), input))), field(id + "reason", t("reason"), reason), h("button", {type: "submit", class: "primary"}, t("alike.save_standard")));
    return form;
  }

  samplesTable(part) {
    const rows = this.samples.filter((s) => same(s, part));
    return rows.length ? dataTable(t("alike.samples_chosen"), [{title: t("alike.code"), value: (s) => s.blind_code}, {title: t("alike.purpose"), value: (s) => t("alike.purpose." + s.purpose)}, {title: t("alike.definitive"), number: true, value: (s) => formatMark(s.value)}, {title: t("reason"), value: (s) => s.reason}], rows) : null;
  }
  async pool(part, details) {
    const box = details.querySelector(".sample-pool"), data = await act("GET", `${this.base}/marking-samples?component=${part.component}&question=${part.question}`);
    if (!data) return;
    fill(box, h("p", {class: "hint"}, t(data.scripts.length ? "alike.pool" : "alike.pool_empty")), h("div", {class: "row"}, data.scripts.map((s) => h("button", {type: "button", onclick: () => void this.choose(part, s, box)}, s.blind_code))));
  }
  async choose(part, script, box) {
    const view = await act("GET", "/script-views/" + script.blind_id);
    if (!view) return;
    const pane = h("section", {class: "script-pane beside-sample", tabindex: "0", "aria-label": t("desk.script")}), pictures = Object.fromEntries(view.pages.filter((p) => p.kind === "image").map((p) => [p.page, `/api/v1/script-views/${script.blind_id}/pages/${p.page}`]));
    new Paper(pane, {place: () => {}, open: () => {}}).show({...view, annotations: []}, pictures);
    const criteria = (view.rubric?.criteria ?? []).map((c) => ({title: currentLanguage() === "en" ? c.title_en || c.title_vi : c.title_vi, max: c.mark_max, input: h("input", {type: "text", inputmode: "decimal"})}));
    const value = h("input", {type: "text", inputmode: "decimal"}), purpose = h("select", {}, PURPOSES.map((name) => h("option", {value: name}, t("alike.purpose." + name)))), reason = h("textarea", {rows: "2", maxlength: "2000"});
    const form = h("form", {novalidate: true, onsubmit: async (event) => {
      event.preventDefault();
      const marks = criteria.map((c) => hundredths(c.input.value.trim())), sum = criteria.length ? marks.reduce((a, b) => a + (b ?? 0), 0) : hundredths(value.value.trim());
      if (sum === null || marks.includes(null) || !reason.value.trim()) return showErrors(form, {"sample-reason": t("alike.sample_needed")});
      const body = {blind_id: script.blind_id, purpose: purpose.value, value: markText(sum), reason: reason.value.trim(), ...(criteria.length ? {criteria: marks.map(markText)} : {})};
      if (await send(form, "POST", this.base + "/marking-samples", body)) await this.again(t("alike.saved"));
    }}, h("p", {class: "blind"}, script.blind_code), criteria.length ? criteria.map((c, i) => field("sample-" + i, `${c.title} (0–${formatMark(c.max)})`, c.input)) : field("sample-value", t("alike.definitive"), value), field("sample-purpose", t("alike.purpose"), purpose), field("sample-reason", t("reason"), reason, t("alike.sample_reason")), h("button", {type: "submit", class: "primary"}, t("alike.make_sample")));
    fill(box, h("div", {class: "marking-desk"}, pane, form));
    form.querySelector("input").focus();
  }

  reportsTable() {
    if (this.reports.length === 0) return null;
    return h("section", {class: "card"}, h("h2", {}, t("alike.reports")), dataTable(t("alike.reports"), [{title: t("alike.code"), value: (r) => r.blind_code}, {title: t("desk.report.article"), value: (r) => t("desk.article." + r.article)}, {title: t("reason"), value: (r) => r.reason}, {title: t("alike.reported_at"), value: (r) => formatDateTime(r.reported_at)},
      {title: t("alike.word"), value: (r) => (r.verdict ? `${t("alike.verdict." + r.verdict)}: ${r.decision_reason}` : h("div", {class: "row"}, ["dismissed", ...(r.article === "sign" ? ["suspected"] : r.article === "other" ? [] : ["zero"])].map((verdict) => h("button", {type: "button", class: verdict === "zero" ? "danger" : null, onclick: () => void this.decide(r, verdict)}, t("alike.verdict." + verdict)))))}], this.reports));
  }
  async decide(report, verdict) {
    const reason = await askText(t("alike.verdict." + verdict), h("p", {}, t(`alike.${verdict}_what`, {code: report.blind_code})), t("reason"), {look: verdict === "zero" ? "danger" : "primary"});
    if (reason && await act("POST", `/script-reports/${report.id}/decision`, {verdict, reason})) await this.again(t("alike.saved"));
  }
}

export async function alikeView(code) {
  const title = h("h1", {}, t("alike.title"));
  if (!code) {
    const data = await read("/marking-quality");
    if (!data) return;
    const cycles = data.items.filter((c, i) => data.items.findIndex((one) => one.code === c.code) === i);
    return page(t("alike.title"), title, dataTable(t("alike.cycles"), [{title: t("cycle.code"), value: (c) => h("a", {href: "#/marking-guides/" + c.code}, c.code)}, {title: t("cycle.title"), value: (c) => (currentLanguage() === "vi" ? c.title_vi : c.title_en)}], cycles, {empty: t("alike.no_cycle")}));
  }
  const alike = new Alike(code);
  if (!(await alike.load())) return;
  page(t("alike.title"), h("div", {class: "row between"}, title, h("a", {href: "#/marking-guides"}, t("alike.cycles"))), h("p", {class: "muted"}, code), alike.box);
  alike.draw();
}

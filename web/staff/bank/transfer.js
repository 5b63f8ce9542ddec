// transfer.js: items from files and into files. An import goes in steps: file, columns where there are any, a trial with a
// word on every item, then all or nothing or the valid ones.

import {h, fill, toast} from "/assets/shared/dom.js";
import {t, currentLanguage, formatNumber} from "/assets/shared/i18n.js";
import {api, NetworkError, problemText} from "/assets/shared/api.js";
import {field, showErrors} from "/assets/shared/form.js";
import {dataTable} from "/assets/shared/table.js";
import {inLanguage} from "/assets/staff/bank/words.js";
import {bankPage, bankOptions, readBanks, lastBank, keepBank, mayIn, saveFile, csvCell, sure} from "/assets/staff/bank/frame.js";

const FORMATS = ["qti21", "qti30", "gift", "aiken", "moodle", "csv", "xlsx"];
const OUT = ["qti21", "qti30", "gift", "csv", "xlsx"];
const OUTCOMES = ["imported", "changed", "refused"];
const LETTERS = ["a", "b", "c", "d", "e", "f", "g", "h"];
const FIELDS = ["code", "kind", "subject", "topic", "level", "title", "stem", ...LETTERS.map((l) => "option_" + l), "key", "credits", "points", "rule", "unit", "explanation", "choices_min", "choices_max", "shuffle", "words_max", "lines", "stimulus",
  "source", "source_expires", "tags", "enemies", "facility", "seconds", "external_id", "stem_en", ...LETTERS.map((l) => `option_${l}_en`), "explanation_en"];
const FILE_MAX = 64 << 20;
const PAGE = 100;

/** What a field of a table is called; the options share one text. */
const fieldName = (name) => {
  const [, option, english] = /^option_([a-h])(_en)?$/.exec(name) ?? [];
  return option ? t("column_name.option" + (english ?? ""), {letter: option.toUpperCase()}) : t("column_name." + name);
};

class Import {
  constructor(banks) {
    this.bank = h("select", {}, bankOptions(banks, lastBank(banks)));
    this.bank.addEventListener("change", () => { keepBank(this.bank.value); this.outdated(); });
    this.format = h("select", {}, ["", ...FORMATS].map((name) => h("option", {value: name}, name ? t("format." + name) : t("intake.detect"))));
    this.format.addEventListener("change", () => this.chosen());
    this.file = h("input", {type: "file", accept: ".zip,.xml,.gift,.txt,.csv,.tsv,.xlsx,.aiken"});
    this.file.addEventListener("change", () => this.chosen());
    this.topic = h("input", {type: "text", spellcheck: "false", autocomplete: "off", maxlength: "120"});
    this.topic.addEventListener("change", () => this.outdated());
    this.mapping = h("div", {});
    this.result = h("div", {class: "stack"});
    this.trial = h("button", {type: "submit", class: "primary"}, t("intake.trial"));
    this.drop = h("div", {class: "drop", ondragover: (e) => { e.preventDefault(); this.drop.classList.add("over"); }, ondragleave: () => this.drop.classList.remove("over"), ondrop: (e) => { e.preventDefault(); this.drop.classList.remove("over"); this.file.files = e.dataTransfer.files; this.file.dispatchEvent(new Event("change")); }},
      field("file", t("intake.file"), this.file, t("intake.file_hint")));
    this.form = h("form", {class: "card", novalidate: true, onsubmit: (event) => { event.preventDefault(); void this.run(true); }}, h("div", {class: "grid"}, field("bank", t("meta.bank"), this.bank, t("intake.bank_hint")), field("format", t("intake.format"), this.format, t("intake.format_hint")), field("topic", t("meta.topic"), this.topic, t("intake.topic_hint"))), this.drop, this.mapping, h("div", {class: "row"}, this.trial));
    this.steps = h("ol", {class: "steps no-print", "aria-label": t("intake.steps")});
    this.step(0);
  }
  step(now) {
    fill(this.steps, ["file", "trial", "apply"].map((name, i) => h("li", {class: i < now ? "done" : null, "aria-current": i === now ? "step" : null}, t("intake.step." + name))));
  }
  outdated() {
    fill(this.result);
    this.step(0);
  }
  /** A table tells its columns, so that each can be given its meaning before the trial. */
  async chosen() {
    this.outdated();
    this.maps = [];
    fill(this.mapping);
    const file = this.file.files[0];
    const format = this.format.value || /\.(csv|tsv|xlsx)$/i.exec(file?.name ?? "")?.[1].toLowerCase().replace("tsv", "csv");
    if (!file || file.size > FILE_MAX || !["csv", "xlsx"].includes(format)) return;
    const answer = await api("POST", `/bank-import-columns?format=${format}`, await file.arrayBuffer(), {type: "application/octet-stream", timeout_ms: 60000}).catch(() => null);
    if (this.file.files[0] !== file) return;
    showErrors(this.form, answer?.status === 422 ? {file: problemText(answer)} : {});
    if (answer?.ok) this.drawMapping(answer.data.columns);
  }
  /** One select a column of the file; what the server takes it for is chosen already. */
  drawMapping(columns) {
    this.maps = columns.map(({heading, field: known}) => {
      const select = h("select", {"aria-label": heading}, ["", ...FIELDS].map((name) => h("option", {value: name, selected: name === (known ?? "")}, name ? fieldName(name) : t("intake.leave_out"))));
      select.addEventListener("change", () => this.outdated());
      return [heading, select, known ?? ""];
    });
    fill(this.mapping, h("details", {class: "note-box", open: this.maps.some(([, s]) => !s.value)}, h("summary", {}, t("intake.mapping")), h("p", {class: "hint"}, t("intake.mapping_text")),
      h("div", {class: "table-wrap", tabindex: "0", role: "region", "aria-label": t("intake.mapping")}, h("table", {}, h("thead", {}, h("tr", {}, ["heading", "becomes", "samples"].map((name) => h("th", {scope: "col"}, t("intake." + name))))),
        h("tbody", {}, this.maps.map(([heading, select], i) => h("tr", {}, h("th", {scope: "row"}, heading), h("td", {}, select), h("td", {class: "muted"}, (columns[i].samples ?? []).filter(Boolean).map((one) => h("div", {class: "sample"}, one))))))))));
  }
  /** What was chosen other than by the server, as {heading: field}. */
  mappingText() {
    const set = (this.maps ?? []).filter(([, select, known]) => select.value !== known);
    return set.length ? JSON.stringify(Object.fromEntries(set.map(([heading, select]) => [heading, select.value]))) : "";
  }

  async run(trial, mode = "all") {
    const file = this.file.files[0], errors = {};
    if (!file) errors.file = t("rule.required", {field: t("intake.file")});
    else if (file.size > FILE_MAX) errors.file = t("problem.body-too-large");
    if (!this.bank.value) errors.bank = t("rule.required", {field: t("meta.bank")});
    showErrors(this.form, errors);
    if (Object.keys(errors).length) return;
    this.trial.disabled = true;
    const query = new URLSearchParams({bank: this.bank.value, dry_run: String(trial), mode, name: file.name, lang: currentLanguage(), ...(this.topic.value.trim() ? {topic: this.topic.value.trim().toLowerCase()} : {}), ...(this.format.value ? {format: this.format.value} : {})});
    if (this.mappingText()) query.set("mapping", this.mappingText());
    const bar = h("progress", {"aria-label": t("intake.running")}), clock = h("span", {}), start = performance.now();
    const tick = setInterval(() => { clock.textContent = t("intake.elapsed", {s: formatNumber(Math.round((performance.now() - start) / 1000))}); }, 1000);
    fill(this.result, h("div", {class: "card", role: "status"}, h("p", {}, t(trial ? "intake.running" : "intake.applying", {name: file.name})), bar, clock));
    try {
      const answer = await api("POST", "/bank-imports?" + query, await file.arrayBuffer(), {type: "application/octet-stream", timeout_ms: 600000});
      const report = answer.data?.lines ? answer.data : null;
      this.step(report ? (report.counts.applied ? 3 : 1) : 0);
      if (report) this.report(report);
      else fill(this.result, h("div", {class: "banner stop", role: "alert"}, h("p", {}, problemText(answer)), answer.problem?.detail ? h("p", {}, answer.problem.detail) : null));
    } catch (error) {
      if (!(error instanceof NetworkError)) throw error;
      fill(this.result, h("div", {class: "banner warn", role: "alert"}, t("problem.network")));
    } finally {
      clearInterval(tick);
      this.trial.disabled = false;
    }
  }

  report(report) {
    const {counts} = report, good = counts.imported + counts.changed - counts.repeated, {found, applied} = counts;
    const lines = report.lines.map((line, i) => ({...line, line: i + 1}));
    const verdict = applied ? ["ok", t("intake.applied", {count: formatNumber(good)})] : counts.refused ? ["warn", t("intake.has_refused", {refused: formatNumber(counts.refused), found: formatNumber(found)})] : ["ok", t("intake.clean", {count: formatNumber(good)})];
    const apply = (mode) => async () => {
      if (await sure(t("intake.apply"), h("p", {}, t(mode === "all" ? "intake.apply_all_text" : "intake.apply_valid_text", {good: formatNumber(good), refused: formatNumber(counts.refused), bank: this.bank.value})), t("intake.apply"))) await this.run(false, mode);
    };
    const buttons = applied ? [h("a", {class: "button primary", href: `#/items?bank=${this.bank.value}&state=draft`}, t("intake.see"))]
      : [h("button", {type: "button", class: counts.refused ? "" : "primary", disabled: counts.refused > 0 || good === 0, onclick: apply("all")}, t("intake.apply_all", {count: formatNumber(good)})), counts.refused && good ? h("button", {type: "button", class: "primary", onclick: apply("valid")}, t("intake.apply_valid", {count: formatNumber(good)})) : null];
    fill(this.result, h("div", {class: "banner " + verdict[0], role: "status", tabindex: "-1", id: "import-verdict"}, h("p", {}, verdict[1])),
      h("div", {class: "counts-row"}, [...OUTCOMES, "same", "repeated"].map((name) => h("div", {}, h("div", {class: "muted"}, t("outcome_of." + name)), h("div", {class: "figure"}, formatNumber(counts[name] ?? 0))))), h("div", {class: "row no-print"}, buttons), this.lines(lines, report));
    document.getElementById("import-verdict").focus();
  }

  lines(lines, report) {
    const show = h("div", {}), filter = h("select", {}, ["", "notable", ...OUTCOMES].map((name) => h("option", {value: name}, name === "notable" ? t("intake.notable") : name ? t("outcome_of." + name) : t("intake.all_lines"))));
    filter.value = lines.some((l) => l.outcome === "refused" || l.outcome === "changed") ? "notable" : "";
    const message = (line) => [...new Set([line, ...(line.notes ?? [])].map((n) => inLanguage(n, "message") || n.code))].filter(Boolean);
    let first = 0;
    const draw = () => {
      const some = lines.filter((l) => (filter.value === "notable" ? l.outcome === "refused" || l.outcome === "changed" : !filter.value || l.outcome === filter.value));
      const look = {imported: "ok", changed: "warn", refused: "stop"};
      fill(show, dataTable(t("intake.lines"), [{title: t("intake.item"), value: (l) => l.item ?? l.name ?? ""}, {title: t("intake.line"), number: true, value: (l) => formatNumber(l.line)}, {title: t("intake.outcome"), value: (l) => [h("span", {class: "tag " + look[l.outcome]}, t("outcome_of." + l.outcome)), ["unchanged", "new-version", "repeated"].includes(l.stored) ? h("div", {class: "muted"}, t("intake.stored." + l.stored)) : null]}, {title: t("intake.message"), value: (l) => message(l).map((m) => h("div", {}, m))},
        {title: t("intake.place"), value: (l) => [l.path, l.place].filter(Boolean).map((p) => h("div", {class: "code-like"}, p))}], some.slice(first, first + PAGE), {empty: t("intake.no_lines")}),
      some.length > PAGE ? h("nav", {class: "pager", "aria-label": t("table.pages")}, h("button", {type: "button", disabled: first === 0, onclick: () => { first -= PAGE; draw(); }}, "← " + t("table.previous")), h("span", {role: "status"}, t("table.range", {from: formatNumber(first + 1), to: formatNumber(Math.min(first + PAGE, some.length)), total: formatNumber(some.length)})), h("button", {type: "button", disabled: first + PAGE >= some.length, onclick: () => { first += PAGE; draw(); }}, t("table.next") + " →")) : null);
    };
    filter.addEventListener("change", () => { first = 0; draw(); });
    draw();
    const name = (this.file.files[0]?.name ?? "import").replace(/\.[^.]*$/, "");
    return h("section", {class: "stack"}, h("h2", {}, t("intake.lines")), h("div", {class: "filters no-print"}, field("line-filter", t("intake.show"), filter),
      h("button", {type: "button", onclick: () => saveFile(name + "-report.csv", "\ufeffline,path,item,outcome,code,message,place\r\n" + lines.map((l) => [l.line, l.path, l.item ?? l.name, l.outcome, l.code, message(l).join(" | "), l.place].map(csvCell).join(",")).join("\r\n"), "text/csv")}, t("intake.save_csv")),
      h("button", {type: "button", onclick: () => saveFile(name + "-report.jsonl", report.lines.map((l) => JSON.stringify(l)).join("\n") + "\n", "application/jsonl")}, t("intake.save_jsonl"))),
    report.truncated ? h("p", {class: "hint"}, t("intake.truncated")) : null, show);
  }
}

export async function bankImportView() {
  const banks = (await readBanks()).filter((bank) => mayIn(bank, "author"));
  if (banks.length === 0) return bankPage("import", t("intake.title"), h("h1", {}, t("intake.title")), h("div", {class: "card empty"}, h("p", {}, t("editor.no_bank"))));
  const wizard = new Import(banks);
  bankPage("import", t("intake.title"), h("h1", {}, t("intake.title")), h("p", {}, t("intake.text")), wizard.steps, wizard.form, h("p", {class: "muted"}, t("intake.templates") + " ", ["csv", "xlsx"].map((name) => [h("a", {href: `/api/v1/bank-import-template?format=${name}&lang=${currentLanguage()}`, download: "khoacu-items." + name}, t("format." + name)), " "])), wizard.result);
}

/** What became of each item that is not written just as it is. */
function exportReport({counts, lines, truncated}) {
  const look = {changed: "warn", "left-out": "plain", refused: "stop"}, good = counts.exported + counts.changed;
  return [h("div", {class: "banner " + (counts.refused ? "warn" : "ok"), role: "status", tabindex: "-1", id: "export-verdict"}, h("p", {}, t(counts.refused ? "export.has_refused" : "export.clean", {count: formatNumber(good), refused: formatNumber(counts.refused)}))),
    h("div", {class: "counts-row"}, ["exported", "changed", "left_out", "refused"].map((name) => h("div", {}, h("div", {class: "muted"}, t("export.of." + name)), h("div", {class: "figure"}, formatNumber(counts[name]))))),
    lines.length ? [dataTable(t("export.lines"), [{title: t("intake.item"), value: (l) => l.item}, {title: t("intake.outcome"), value: (l) => h("span", {class: "tag " + look[l.outcome]}, t("export.of." + l.outcome.replace("-", "_")))}, {title: t("intake.message"), value: (l) => inLanguage(l, "message")}], lines.slice(0, 500)),
      lines.length > 500 || truncated ? h("p", {class: "muted"}, t("intake.truncated")) : null] : null];
}

export async function bankExportView() {
  const banks = await readBanks();
  const bank = h("select", {}, bankOptions(banks, lastBank(banks))), format = h("select", {}, OUT.map((name) => h("option", {value: name}, t("format." + name))));
  const state = h("p", {role: "status"}), button = h("button", {type: "submit", class: "primary"}, t("export.do")), trial = h("button", {type: "button", onclick: () => ask(true)}, t("export.trial")), result = h("div", {class: "stack"});
  let refused = false;
  for (const select of [bank, format]) select.addEventListener("change", () => { refused = false; fill(result); fill(state); });
  const form = h("form", {class: "card", novalidate: true, onsubmit: (event) => { event.preventDefault(); void ask(false); }}, h("div", {class: "grid"}, field("bank", t("meta.bank"), bank), field("format", t("intake.format"), format)), h("p", {class: "banner warn"}, t("export.warning")), h("div", {class: "row"}, button, trial), state);
  async function ask(dry_run) {
    if (!bank.value) return showErrors(form, {bank: t("rule.required", {field: t("meta.bank")})});
    if (!dry_run && refused && !(await sure(t("export.do"), h("p", {}, t("export.leave_behind")), t("export.do")))) return;
    button.disabled = trial.disabled = true;
    fill(state, t(dry_run ? "export.trying" : "export.running"));
    const query = new URLSearchParams({format: format.value, ...(dry_run ? {dry_run: "true"} : refused ? {valid_only: "true"} : {})});
    const answer = await fetch(`/api/v1/banks/${encodeURIComponent(bank.value)}/export?${query}`, {headers: {"X-Khoacu": "1"}, credentials: "same-origin", signal: AbortSignal.timeout(600000)}).catch(() => null);
    button.disabled = trial.disabled = false;
    if (!answer?.ok) {
      fill(state);
      const problem = answer && await answer.json().catch(() => ({code: "unknown"}));
      return showErrors(form, {bank: problem ? problemText({problem}) : t("problem.network")});
    }
    showErrors(form, {});
    if (dry_run) {
      const report = await answer.json();
      refused = report.counts.refused > 0;
      fill(state);
      fill(result, exportReport(report));
      return void document.getElementById("export-verdict").focus();
    }
    const blob = await answer.blob(), name = /filename="([^"]+)"/.exec(answer.headers.get("Content-Disposition") ?? "")?.[1] ?? `${bank.value}.${{gift: "gift", csv: "csv", xlsx: "xlsx"}[format.value] ?? "zip"}`;
    saveFile(name, blob);
    fill(state, t("export.done", {name, kib: formatNumber(Math.ceil(blob.size / 1024))}));
    toast(t("export.noted"));
  }
  bankPage("export", t("export.title"), h("h1", {}, t("export.title")), h("p", {}, t("export.text")), banks.length ? [form, result] : h("div", {class: "card empty"}, h("p", {}, t("banks.none"))));
}

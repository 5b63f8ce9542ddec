// imports.js: a CSV file, first on trial with every fault by line and column, then all or nothing.

import {h, fill, toast} from "/assets/shared/dom.js";
import {t, has, currentLanguage, formatNumber} from "/assets/shared/i18n.js";
import {api, NetworkError, problemText} from "/assets/shared/api.js";
import {field} from "/assets/shared/form.js";
import {dataTable} from "/assets/shared/table.js";
import {page} from "/assets/staff/app.js";

const BACK = {officers: () => "#/staff", items: () => "#/items", calibrations: (code) => "#/banks/" + code, posts: (code) => "#/cycles/" + code, candidates: (code) => `#/cycles/${code}/candidates`, credentials: (code) => `#/cycles/${code}/candidates`};

const IN_BANK = ["items", "calibrations"];

function save(name, text) {
  const link = h("a", {href: URL.createObjectURL(new Blob([text], {type: "text/csv"})), download: name});
  link.click();
  URL.revokeObjectURL(link.href);
}

const quoted = (value) => `"${String(value ?? "").replace(/"/g, '""').replace(/^[=+\-@\t]/, "'$&")}"`;

function reportView(report, kind) {
  const language = currentLanguage();
  const counts = h("dl", {class: "facts"}, ["rows", "imported", "changed", "unchanged", "refused"].flatMap((name) => [h("dt", {}, t("import." + name)), h("dd", {}, formatNumber(report[name]))]));
  const verdict = report.refused > 0 || report.errors.length > 0 ? h("div", {class: "banner stop", role: "alert"}, h("p", {}, t("import.has_faults", {count: formatNumber(report.errors.length)})))
    : report.applied ? h("div", {class: "banner ok", role: "status"}, h("p", {}, t("import.applied"))) : h("div", {class: "banner ok", role: "status"}, h("p", {}, t("import.clean")));
  const errors = report.errors.length ? [dataTable(t("import.faults"), [{title: t("import.line"), number: true, value: (e) => (e.line ? formatNumber(e.line) : "–")}, {title: t("import.column"), value: (e) => e.column || "–"},
    {title: t("import.value"), value: (e) => e.value ?? ""}, {title: t("import.fault"), value: (e) => (language === "vi" ? e.hint_vi : e.hint_en) ?? (has("import.code." + e.code) ? t("import.code." + e.code) : e.code)}], report.errors),
    h("button", {type: "button", onclick: () => save(`${kind}-errors.csv`, "\ufeffline,column,value,fault\r\n" + report.errors.map((e) => [e.line, e.column, e.value, language === "vi" ? e.hint_vi : e.hint_en].map(quoted).join(",")).join("\r\n"))}, t("import.save_faults"))] : [];
  const secrets = report.secrets?.length ? [h("div", {class: "banner warn"}, h("p", {}, t("import.secrets"))), dataTable(t("import.secrets_title"), [{title: t("sign_in.name"), value: (s) => s.login_name}, {title: t("sign_in.password"), value: (s) => s.password}], report.secrets)] : [];
  return h("div", {class: "stack"}, verdict, counts, errors, secrets);
}

export function importView(kind, code) {
  const file = h("input", {type: "file", accept: ".csv,text/csv"});
  const bank = h("input", {type: "text", value: code ?? "NGAN-HANG-1"});
  const result = h("div", {class: "stack", "aria-live": "polite"});
  const trial = h("button", {class: "primary", type: "button", onclick: () => send(true)}, t("import.trial"));
  const apply = h("button", {type: "button", disabled: true, onclick: () => send(false)}, t("import.apply"));
  file.addEventListener("change", () => { apply.disabled = true; fill(result); });

  async function send(dry_run) {
    if (!file.files[0]) return toast(t("import.no_file"));
    trial.disabled = apply.disabled = true;
    const scope = IN_BANK.includes(kind) ? "&bank=" + encodeURIComponent(bank.value.trim()) : code ? "&cycle=" + code : "";
    fill(result, h("p", {role: "status"}, t("import.running")));
    try {
      const answer = await api("POST", `/imports/${kind}?dry_run=${dry_run}${scope}`, await file.files[0].arrayBuffer(), {type: "text/csv", timeout_ms: 300000});
      const report = answer.data?.errors && "rows" in answer.data ? answer.data : null;
      fill(result, report ? reportView(report, kind) : h("div", {class: "banner stop", role: "alert"}, h("p", {}, problemText(answer))));
      apply.disabled = !(dry_run && report && report.errors.length === 0);
    } catch (error) {
      if (!(error instanceof NetworkError)) throw error;
      fill(result, h("div", {class: "banner warn", role: "alert"}, t("problem.network")));
    }
    trial.disabled = false;
  }

  page(t("import.title." + kind), h("p", {}, h("a", {href: BACK[kind](code)}, "← " + t("back"))), h("h1", {}, t("import.title." + kind) + (code && !IN_BANK.includes(kind) ? ` · ${code}` : "")),
    h("section", {class: "card"}, h("p", {}, t("import.text." + kind)), h("p", {}, h("a", {href: `/api/v1/imports/${kind}/template.csv`, download: `${kind}.csv`}, t("import.template"))),
      IN_BANK.includes(kind) ? field("bank", t("import.bank"), bank) : null, field("file", t("import.file"), file, t("import.file_hint")), h("div", {class: "row"}, trial, apply)), result);
}

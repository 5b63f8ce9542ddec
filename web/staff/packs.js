// packs.js: rule packs: what there is, one of one's own brought in (on trial first), and the choice of one for a new cycle.

import {h, fill, toast} from "/assets/shared/dom.js";
import {t, currentLanguage, formatDate, formatDateTime, formatMark, formatNumber} from "/assets/shared/i18n.js";
import {api, NetworkError, problemText} from "/assets/shared/api.js";
import {field} from "/assets/shared/form.js";
import {dataTable} from "/assets/shared/table.js";
import {page, read, may} from "/assets/staff/app.js";

const LARGEST = 65536;  // bytes of a pack, CYCLE_PACK_TEXT_MAX: what is far longer would not even be read
const inWords = (row) => (currentLanguage() === "vi" ? row.title_vi : row.title_en);
const validity = (pack) => (pack.valid_to ? t("pack.validity", {from: formatDate(pack.valid_from), to: formatDate(pack.valid_to)}) : t("pack.validity_open", {from: formatDate(pack.valid_from)}));

const packTable = (packs) => dataTable(t("packs.all"), [
  {title: t("packs.id"), value: (p) => h("a", {href: `/api/v1/packs/${p.id}/${p.version}`, class: "nowrap", download: `${p.id}-${p.version}.json`}, p.id)}, {title: t("packs.version"), number: true, value: (p) => formatNumber(p.version)},
  {title: t("packs.name"), value: (p) => [inWords(p), p.deliverable ? null : " ", p.deliverable ? null : h("span", {class: "tag plain"}, t("packs.rank_only"))]},
  {title: t("packs.valid"), value: (p) => (p.valid_from ? `${formatDate(p.valid_from)} – ${p.valid_to ? formatDate(p.valid_to) : "…"}` : "–")}, {title: t("packs.by"), value: (p) => p.brought_by ?? t("packs.builtin")},
  {title: t("packs.at"), value: (p) => (p.brought_at ? formatDateTime(p.brought_at) : "–")}, {title: t("packs.cycles"), number: true, value: (p) => formatNumber(p.cycles)},
  {title: t("packs.hash"), value: (p) => h("code", {class: "nowrap", title: p.sha256}, p.sha256.slice(0, 12) + "…")}], packs, {empty: t("packs.empty")});

function reportView(report) {
  const named = {id: report.id ?? "", version: report.version ?? ""};
  if (report.errors.length === 0) return h("div", {class: "banner ok", role: "status"}, h("p", {}, t(report.outcome === "unchanged" ? "packs.unchanged" : report.applied ? "packs.done" : "packs.clean", named)));
  return h("div", {class: "stack"}, h("div", {class: "banner stop", role: "alert"}, h("p", {}, t("packs.has_faults", {count: formatNumber(report.errors.length)}))),
    dataTable(t("packs.faults"), [{title: t("packs.path"), value: (e) => h("code", {}, e.path || "–")}, {title: t("packs.value"), value: (e) => (e.value === null ? t("packs.no_value") : h("code", {}, e.value))},
      {title: t("packs.fault"), value: (e) => (currentLanguage() === "vi" ? e.hint_vi : e.hint_en)}], report.errors));
}

/** The form by which a pack comes in; `done` when one was stored. */
function bringForm(done) {
  const file = h("input", {type: "file", accept: ".json,application/json"});
  const result = h("div", {class: "stack", "aria-live": "polite"});
  const trial = h("button", {class: "primary", type: "button", onclick: () => send(true)}, t("packs.trial"));
  const apply = h("button", {type: "button", disabled: true, onclick: () => send(false)}, t("packs.apply"));
  file.addEventListener("change", () => { apply.disabled = true; fill(result); });

  async function send(dry_run) {
    if (!file.files[0]) return toast(t("import.no_file"));
    if (file.files[0].size > LARGEST) return void fill(result, h("div", {class: "banner stop", role: "alert"}, h("p", {}, t("misfit.limit"))));
    trial.disabled = apply.disabled = true;
    try {
      const answer = await api("POST", "/packs?dry_run=" + dry_run, file.files[0]);
      const report = answer.data?.outcome ? answer.data : null;
      fill(result, report ? reportView(report) : h("div", {class: "banner stop", role: "alert"}, h("p", {}, problemText(answer))));
      apply.disabled = !(dry_run && report?.outcome === "imported");
      if (report?.applied) await done();
    } catch (error) {
      if (!(error instanceof NetworkError)) throw error;
      fill(result, h("div", {class: "banner warn", role: "alert"}, t("problem.network")));
    }
    trial.disabled = false;
  }
  return h("section", {class: "card stack"}, h("h2", {}, t("packs.add")), field("file", t("packs.file"), file, t("packs.file_hint")), h("div", {class: "row"}, trial, apply), result);
}

export async function packsView() {
  const data = await read("/packs");
  if (!data) return;
  const table = h("div", {}, packTable(data.items));
  const again = async () => {
    const now = await read("/packs");
    if (now) fill(table, packTable(now.items));
  };
  page(t("packs.title"), h("p", {}, h("a", {href: "#/cycles"}, "← " + t("back"))), h("h1", {}, t("packs.title")), h("p", {}, t("packs.text")), may("pack-write") ? bringForm(again) : null, h("h2", {}, t("packs.all")), table);
}

/**
 * The choice of a pack for a new cycle: {select, words, chosen()}. `words` says what the chosen pack asks for; `marks(pack)` is called
 * with it, null where none is chosen.
 */
export function packChoice(packs, marks) {
  const offered = packs.filter((pack) => pack.deliverable), today = new Date().toISOString().slice(0, 10);
  const inForce = (pack) => pack.valid_from <= today && (!pack.valid_to || today <= pack.valid_to);
  const key = (pack) => `${pack.id}/${pack.version}`;
  const select = h("select", {onchange: show}, h("option", {value: ""}, t("pack.none")), [...offered.filter(inForce), ...offered.filter((pack) => !inForce(pack))].map((pack) =>
    h("option", {value: key(pack)}, `${pack.id} · ${pack.version} · ${inWords(pack)}`)));
  const words = h("p", {class: "muted", role: "status"});
  const chosen = () => offered.find((pack) => key(pack) === select.value) ?? null;
  function show() {
    const pack = chosen();
    fill(words, pack ? [validity(pack), " ", pack.shares_marks ? t("pack.shared") : t("pack.fixed", {written: formatMark(pack.written_max), interview: formatMark(pack.interview_max)})] : null);
    marks(pack);
  }
  return {select, words, chosen};
}
